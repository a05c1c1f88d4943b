import { describe, expect, it } from 'vitest'
import type { Json } from '../api.ts'
import type { TimedBehaviour } from './behaviours.ts'
import { podLife } from './pod-life.ts'
import { podStatus } from './pod-status.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-01T00:00:00Z')

function at(minutes: number, spec: Json, behaviours: Partial<TimedBehaviour>[] = [], more: object = {}): Json {
  const container = { image: 'registry.example/api:1', imagePullPolicy: 'IfNotPresent' }
  const containersOf = (list: Json[] = []) => list.map((c) => ({ ...container, ...c }))
  const pod = {
    metadata: { name: 'api-1', namespace: 'shop', uid: 'u' },
    spec: {
      restartPolicy: 'Always',
      ...spec,
      initContainers: containersOf(spec.initContainers),
      containers: containersOf(spec.containers),
    },
    status: {},
  }
  const life = podLife({
    pod,
    podIP: '10.0.0.9',
    hostIP: '10.1.0.1',
    behaviours: behaviours.map((b) => ({ pods: {}, since: -Infinity, until: Infinity, ...b })),
    startAt: START,
    deletedAt: Infinity,
    horizon: START + 60 * MINUTE,
    pullMs: () => null,
    volumeError: null,
    configErrors: new Map(),
    missingPullSecrets: [],
    ...more,
  })
  return podStatus(life, START + minutes * MINUTE)
}
const condition = (status: Json, type: string) => status.conditions.find((c: Json) => c.type === type)

it('is ready when its containers are', () => {
  const status = at(5, { containers: [{ name: 'api' }] })
  expect(status).toMatchObject({ phase: 'Running', podIP: '10.0.0.9', startTime: '2026-01-01T00:00:00Z' })
  expect(condition(status, 'Ready')).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' })
})

describe('an init container that crashes', () => {
  const spec = { initContainers: [{ name: 'migrate' }], containers: [{ name: 'api' }] }
  const status = at(30, spec, [{ container: 'migrate', exits: { code: 1, after: 2 } }])

  it('holds the pod back', () => {
    expect(status.phase).toBe('Pending')
    expect(status.initContainerStatuses[0].state.waiting.reason).toBe('CrashLoopBackOff')
    expect(status.containerStatuses[0]).toMatchObject({
      restartCount: 0,
      started: false,
      state: { waiting: { reason: 'PodInitializing' } },
    })
    expect(condition(status, 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [migrate]',
    })
  })
})

it('lets a sidecar run beside it', () => {
  const status = at(5, { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }], containers: [{ name: 'api' }] })
  expect(status).toMatchObject({ phase: 'Running', initContainerStatuses: [{ ready: true, state: { running: {} } }] })
})

it('is evicted', () => {
  const message = 'The node was low on resource: memory. '
  const status = at(20, { containers: [{ name: 'api' }] }, [{ since: START + 10 * MINUTE, evicted: { message } }])
  expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
  expect(status.containerStatuses[0].state.terminated).toMatchObject({ exitCode: 143, finishedAt: '2026-01-01T00:10:01Z' })
  expect(condition(status, 'Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' })
})

it('succeeds or fails when it is to run once', () => {
  const once = { restartPolicy: 'Never', containers: [{ name: 'job' }] }
  expect(at(5, once)).toMatchObject({ phase: 'Succeeded', containerStatuses: [{ state: { terminated: { reason: 'Completed' } } }] })
  expect(at(5, once, [{ exits: { code: 3, after: 1 } }])).toMatchObject({ phase: 'Failed' })
})

it('waits for a volume whose ConfigMap is missing', () => {
  const error = { subject: 'config', message: 'configmap "api" not found', until: Infinity }
  const status = at(5, { containers: [{ name: 'api' }] }, [], { volumeError: error })
  expect(status).toMatchObject({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] })
  expect(status).not.toHaveProperty('podIP')
  expect(condition(status, 'PodReadyToStartContainers')).toMatchObject({ status: 'False' })
})
