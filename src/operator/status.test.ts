import { expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import { answersOf } from './conditions.ts'
import { createStatusWriter } from './status.ts'

const TYPE = { apiVersion: 'inquest.dev/v1alpha1', kind: 'Sink', plural: 'sinks', namespaced: true }
const GOOD = answersOf({ spec: [], references: [], findings: [], inForce: null, works: 'It works.' })
const BAD = answersOf({ spec: [{ field: 'spec', message: 'no', remedy: '' }], references: [], findings: [], inForce: null, works: '' })

/** An API server with one object, and what the watch has brought of it so far. */
function start() {
  let version = 1
  let time = 0
  const server = { ...TYPE, metadata: { namespace: 'shop', name: 'chat', uid: 'u', generation: 1, resourceVersion: '1' } } as KubeObject
  const writes: string[] = []
  const edit = (change: object): void => {
    Object.assign(server, change)
    server.metadata = { ...server.metadata, resourceVersion: String(++version) }
  }
  const writer = createStatusWriter(
    {
      async applyStatus(_, { resourceVersion }, status) {
        if (resourceVersion !== server.metadata.resourceVersion) return 'changed'
        writes.push(resourceVersion!)
        edit({ status })
        return server
      },
    },
    { now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, time++)) },
  )
  const write = (raw: KubeObject, answers = GOOD): Promise<void> => writer.write(TYPE, raw, answers, AbortSignal.timeout(10_000))
  return { server, writes, edit, write, seen: (): KubeObject => structuredClone(server) }
}

test('writes once, also before the watch has brought its own write back', async () => {
  const { write, writes, seen } = start()
  const old = seen()
  await write(old)
  await write(old)
  await write(seen())
  expect(writes).toEqual(['1'])
})

test('writes nothing to a version that it has not judged, and does when that one comes', async () => {
  const { write, writes, edit, seen } = start()
  const old = seen()
  edit({ spec: { stdout: {} } })
  await write(old)
  expect(writes).toEqual([])
  await write(seen())
  expect(writes).toEqual(['2'])
})

test('heals what somebody else wiped, with the time at which it was seen', async () => {
  const { write, writes, edit, seen, server } = start()
  await write(seen())
  edit({ status: {} })
  await write(seen())
  expect(writes).toEqual(['1', '3'])
  expect(server.status.conditions[0].lastTransitionTime > '2026-01-01T00:00:00Z').toBe(true)
})

test('says what changed, and the same again when it changes back', async () => {
  const { write, seen, server, writes } = start()
  await write(seen())
  await write(seen(), BAD)
  expect(server.status.conditions[0]).toMatchObject({ type: 'Accepted', status: 'False' })
  await write(seen())
  expect(server.status.conditions[0]).toMatchObject({ type: 'Accepted', status: 'True' })
  expect(writes).toHaveLength(3)
})
