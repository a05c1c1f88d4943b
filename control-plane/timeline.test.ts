import { describe, expect, it } from 'vitest'
import { ageObject } from './ageing.ts'
import { prolonged } from './prolong.ts'
import { momentOf, Timeline } from './timeline.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')

it('reads moments that count back from the recording', () => {
  expect(new Date(momentOf('-1d2h30m', NOW)).toISOString()).toBe('2026-02-28T09:30:00.000Z')
  expect(momentOf('0', NOW)).toBe(NOW)
  expect(() => momentOf('40m', NOW)).toThrow('not a moment: "40m"')
})

describe('ageing', () => {
  const timeline = new Timeline()
  timeline.mark(0, momentOf('-12d', NOW))
  timeline.mark(10, momentOf('-40m', NOW))
  const runStartedAt = Date.parse('2026-11-01T00:00:00Z')
  const write = (revision: number, value: object) => ({ key: 'k', lease: undefined, revision, value: JSON.stringify(value) })

  it('moves each timestamp to the moment of the write that brought it, however close they were in real time', () => {
    const real = '2026-11-01T00:00:05Z'
    const changes = [
      write(3, { metadata: { creationTimestamp: real } }),
      write(12, { metadata: { creationTimestamp: real }, status: { conditions: [{ type: 'Ready', lastTransitionTime: real }] } }),
    ]
    expect(ageObject(changes, timeline, runStartedAt)).toEqual({
      metadata: { creationTimestamp: '2026-02-17T12:00:00Z' },
      status: { conditions: [{ type: 'Ready', lastTransitionTime: '2026-03-01T11:20:00Z' }] },
    })
  })

  it('leaves virtual times alone, and knows list elements by name', () => {
    const a = { type: 'A', at: '2026-11-01T00:00:01Z' }
    const b = { type: 'B', at: '2026-02-20T00:00:00Z' }
    const aged = ageObject([write(1, { c: [a] }), write(20, { c: [b, a] })], timeline, runStartedAt)
    expect(aged).toEqual({ c: [b, { type: 'A', at: '2026-02-17T12:00:00Z' }] })
  })

  it('keeps the time of a manager whose fields another one took over', () => {
    const time = '2026-11-01T00:00:05Z'
    const entry = (manager: string, ...fields: string[]) => ({
      manager,
      operation: 'Update',
      time,
      fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [field, {}])) },
    })
    const times = (second: object[]) => {
      const before = { metadata: { managedFields: [entry('helm', 'f:a', 'f:b')] } }
      const aged = ageObject([write(3, before), write(12, { metadata: { managedFields: second } })], timeline, runStartedAt)
      return aged.metadata.managedFields.map((field: { time: string }) => field.time)
    }
    expect(times([entry('helm', 'f:a'), entry('kubectl', 'f:b')])).toEqual(['2026-02-17T12:00:00Z', '2026-03-01T11:20:00Z'])
    expect(times([entry('helm', 'f:a', 'f:c')])).toEqual(['2026-03-01T11:20:00Z'])
  })

  it('cannot go back', () => expect(() => timeline.mark(11, momentOf('-1d', NOW))).toThrow('virtual time cannot go back'))
})

it('repeats what a controller would have repeated while the trouble lasted', () => {
  const event = {
    metadata: {},
    reason: 'ProvisioningFailed',
    message: 'storageclass.storage.k8s.io "fast" not found',
    involvedObject: { uid: 'u' },
    firstTimestamp: '2026-03-01T11:00:00Z',
    lastTimestamp: '2026-03-01T11:00:00Z',
    count: 1,
  }
  expect(prolonged(event, NOW, new Set(['u']))).toMatchObject({ count: 241, lastTimestamp: '2026-03-01T12:00:00Z' })
  expect(prolonged(event, NOW, new Set())).toBe(event)
})
