import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCases, type CaseAnswer } from './pool.ts'

const bundle = (name: string): { bundle: string; alert: null } => ({
  bundle: join(import.meta.dirname, '../../../scenarios', name, 'bundle.tgz'),
  alert: null,
})

async function run(
  cases: readonly { bundle: string; alert: null }[],
  more: { caseMs?: number; signal?: AbortSignal } = {},
): Promise<CaseAnswer[]> {
  const answers: CaseAnswer[] = []
  const onEnd = (index: number, answer: CaseAnswer): void => void (answers[index] = answer)
  await runCases(cases, { width: 1, signal: new AbortController().signal, onStart: () => {}, onEnd, ...more })
  return answers
}

test('a case that cannot be read is an error, and the next one is looked at', async () => {
  const [missing, found] = await run([bundle('no-such-scenario'), bundle('oom')])
  expect(missing).toMatchObject({ result: null, error: expect.stringContaining('cannot read the bundle') })
  expect(found).toMatchObject({ error: null, result: { rootCause: { rule: 'oom-killed' } } })
})

test('a case that takes too long is given up, and the next one gets a new thread', async () => {
  const answers = await run([bundle('oom'), bundle('oom')], { caseMs: 0 })
  expect(answers.map(({ error }) => error)).toEqual(['it took longer than 0 s', 'it took longer than 0 s'])
})

test('ends when it is told to', async () => {
  const stop = new AbortController()
  stop.abort(new Error('interrupted'))
  await expect(run([bundle('oom')], { signal: stop.signal })).rejects.toThrow('interrupted')
})
