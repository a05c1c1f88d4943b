import { expect, test } from 'vitest'
import { inquest } from './inquest.ts'

test('the demo shows the investigation as plain lines, delivers it, prints the culprit and ends with 0', async () => {
  const { code, out, err } = await inquest(['demo'])
  expect(err).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/webhooks\/shop\/alertmanager → 200/)
  expect(err).toMatch(/! look .*ledger-db-v2 cannot be resolved/)
  expect(err).toMatch(/delivered to Sink shop\/chat: .*signature given/)
  expect(out).toContain('Deployment shop/payments')
  expect(out).toContain('$ kubectl rollout undo deployment/payments -n shop')
  expect(out + err).not.toContain('\u001B')
  expect(code).toBe(0)
})
