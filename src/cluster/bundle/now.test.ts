import { describe, expect, it } from 'vitest'
import { before, event, pod, T0 } from '../fixture.ts'
import type { KubeObject } from '../reader.ts'
import { createBundleClock } from './now.ts'

function clockOf(...objects: KubeObject[]) {
  const clock = createBundleClock()
  for (const object of objects) clock.observe(object)
  return { now: clock.now().toISOString().replace('.000Z', 'Z'), oddity: clock.oddity() }
}

const configMap = (created: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', creationTimestamp: created },
})
const node = (heartbeat: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', creationTimestamp: before(9_999) },
  status: { conditions: [{ type: 'Ready', lastHeartbeatTime: heartbeat, lastTransitionTime: before(9_000) }] },
})

describe('a bundle’s clock stands at the newest thing that happened', () => {
  it.each<[string, KubeObject[]]>([
    ['an event', [event('shop', 'e', { kind: 'Pod', name: 'web' }, 'BackOff', 0), pod('shop', 'web')]],
    ['a node’s heartbeat', [node(T0), pod('shop', 'web')]],
    [
      'a lease',
      [
        {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: 'l' },
          spec: { renewTime: '2024-05-01T10:00:00.000000Z' },
        },
      ],
    ],
    ['the start of a container', [pod('shop', 'web', { status: { containerStatuses: [{ state: { running: { startedAt: T0 } } }] } })]],
    [
      'the end of a container',
      [pod('shop', 'web', { status: { containerStatuses: [{ lastState: { terminated: { finishedAt: T0 } } }] } })],
    ],
    ['something made a little later', [node(before(10)), configMap(T0)]],
    ['something made, when nothing else has a time', [configMap(before(5)), configMap(T0)]],
    [
      'a change, by managedFields',
      [{ ...configMap(before(99)), metadata: { name: 'c', managedFields: [{ manager: 'kubectl', time: T0 }] } }],
    ],
    [
      'something made long after the last change of a pod, when no node, lease or event says that time stood still',
      [pod('shop', 'web'), configMap(T0)],
    ],
  ])('%s', (_, objects) => {
    expect(clockOf(...objects)).toEqual({ now: T0, oddity: null })
  })

  it('objects from another recording do not move it, and are named', () => {
    const { now, oddity } = clockOf(node(T0), configMap('2026-01-01T00:00:00Z'))
    expect(now).toBe(T0)
    expect(oddity).toMatch(/^Objects \(ConfigMap\) were written after 2024-05-01T10:00:00/)
  })

  it('a planned end lies in the future and does not count', () => {
    const leaving = { ...pod('shop', 'web'), metadata: { name: 'web', creationTimestamp: T0, deletionTimestamp: '2024-05-01T10:30:00Z' } }
    expect(clockOf(leaving).now).toBe(T0)
  })

  it('without any time it says so', () => {
    expect(clockOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } })).toEqual({
      now: '1970-01-01T00:00:00Z',
      oddity: expect.stringContaining('Nothing in the bundle carries a time'),
    })
  })
})
