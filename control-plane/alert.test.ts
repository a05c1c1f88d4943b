import { expect, it } from 'vitest'
import { fingerprint, webhookPayload } from './alert.ts'

it('makes fingerprints as Prometheus does', () => {
  // Of github.com/prometheus/common/model.
  expect(fingerprint({ severity: 'warning', alertname: 'KubePodNotReady', namespace: 'shop', pod: 'checkout-1' })).toBe('eda7ba502d29bf77')
})

it('groups by alert and namespace', () => {
  const labels = { alertname: 'KubePodNotReady', namespace: 'shop', pod: 'a' }
  const payload = webhookPayload({ labels, annotations: {}, startsAt: '-5m', expr: 'up == 0' }, Date.parse('2026-01-01T00:00:00Z'))
  expect(payload.groupKey).toBe('{}/{severity=~"critical|warning"}:{alertname="KubePodNotReady", namespace="shop"}')
  expect(payload.alerts[0]).toMatchObject({ startsAt: '2025-12-31T23:55:00.000000000Z', endsAt: '0001-01-01T00:00:00Z' })
})
