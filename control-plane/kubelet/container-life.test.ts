import { describe, expect, it } from 'vitest'
import type { Json } from '../api.ts'
import type { TimedBehaviour } from './behaviours.ts'
import { containerLife } from './container-life.ts'
import { type ContainerInput, isReady, type Occurrence, stateAt } from './life.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const pod = { metadata: { name: 'api-6d5f', namespace: 'shop', uid: 'u-1' }, spec: { restartPolicy: 'Always' } }

function life(behaviour: Partial<TimedBehaviour> = {}, more: Partial<ContainerInput> & { container?: Json } = {}) {
  const { container, ...input } = more
  return containerLife({
    pod,
    spec: { name: 'api', image: 'registry.example/api:1', imagePullPolicy: 'IfNotPresent', ...container },
    init: false,
    restart: 'Always',
    behaviours: [{ pods: {}, since: -Infinity, until: Infinity, ...behaviour }],
    podIP: '10.0.0.1',
    startAt: 0,
    stopAt: Infinity,
    horizon: 3 * 60 * MINUTE,
    pullMs: null,
    configError: null,
    ...input,
  })
}
const said = (occurrences: Occurrence[], reason: string) => [
  ...new Set(occurrences.filter((o) => o.reason === reason).map((o) => o.message)),
]
const waitingAt = (made: ReturnType<typeof life>, at: number) => {
  const { state } = stateAt(made, at)
  return state.kind === 'waiting' ? { reason: state.reason, message: state.message } : state.kind
}

it('runs for ever and is ready when nothing is said', () => {
  const made = life()
  expect(stateAt(made, MINUTE)).toMatchObject({ restarts: 0, state: { kind: 'running' } })
  expect(isReady(made, MINUTE)).toBe(true)
})

describe('a crash loop', () => {
  const made = life({ exits: { code: 2, after: 5 } })

  it('is what a real kubelet shows at any moment', () => {
    expect(stateAt(made, 2 * SECOND)).toMatchObject({ restarts: 0, state: { kind: 'running' } })
    expect(waitingAt(made, 15 * SECOND)).toEqual({
      reason: 'CrashLoopBackOff',
      message: 'back-off 10s restarting failed container=api pod=api-6d5f_shop(u-1)',
    })
    expect(waitingAt(made, 30 * MINUTE)).toEqual({
      reason: 'CrashLoopBackOff',
      message: 'back-off 5m0s restarting failed container=api pod=api-6d5f_shop(u-1)',
    })
  })

  it('has restarted 40 times in three hours, and remembers its last end', () => {
    expect(stateAt(made, 3 * 60 * MINUTE)).toMatchObject({ restarts: 40, state: { kind: 'waiting', last: { code: 2, reason: 'Error' } } })
  })

  it('says so in the words of kuberuntime', () => {
    expect(said(made.occurrences, 'BackOff')).toEqual(['Back-off restarting failed container api in pod api-6d5f_shop(u-1)'])
    expect(said(made.occurrences, 'Started')).toEqual(['Container started'])
  })
})

it('is OOMKilled with 137', () => {
  expect(life({ exits: { code: 0, after: 30, oom: true } }).runs[0]).toMatchObject({ code: 137, reason: 'OOMKilled' })
})

it('recovers after as many failures as it is told', () => {
  const made = life({ exits: { code: 1, after: 1, times: 3 } })
  expect(stateAt(made, 60 * MINUTE)).toMatchObject({ restarts: 3, state: { kind: 'running' } })
})

it('starts to fail in the middle of its life', () => {
  const made = life({ since: 20 * MINUTE, exits: { code: 1, after: 1 } })
  expect(made.runs[0]).toMatchObject({ end: 20 * MINUTE + SECOND, code: 1 })
})

it('ends well where it is meant to end', () => {
  const job = life({}, { restart: 'Never' })
  expect(job.endedAt).not.toBeNull()
  expect(job.runs).toMatchObject([{ code: 0, reason: 'Completed' }])
})

describe('an image that cannot be pulled', () => {
  const made = life({ pull: 'no such tag', until: 30 * MINUTE })

  it('alternates between the attempt and the back-off', () => {
    expect(waitingAt(made, 2 * SECOND)).toEqual({ reason: 'ErrImagePull', message: 'no such tag' })
    const message = 'Back-off pulling image "registry.example/api:1": ErrImagePull: no such tag'
    expect(waitingAt(made, 29 * MINUTE)).toEqual({ reason: 'ImagePullBackOff', message })
    expect(said(made.occurrences, 'Failed')).toEqual([
      'Failed to pull image "registry.example/api:1": no such tag',
      'Error: ErrImagePull',
      'Error: ImagePullBackOff',
    ])
  })

  it('runs when it can', () => expect(stateAt(made, 31 * MINUTE).state.kind).toBe('running'))
})

it('waits for its configuration', () => {
  const made = life({}, { configError: { message: 'configmap "settings" not found', until: 10 * MINUTE } })
  expect(waitingAt(made, MINUTE)).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' })
  expect(said(made.occurrences, 'Failed')).toEqual(['Error: configmap "settings" not found'])
  expect(stateAt(made, 11 * MINUTE).state.kind).toBe('running')
})

describe('probes', () => {
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10, failureThreshold: 3 }

  it('make it unready when they fail as often as they may, and ready again', () => {
    const made = life(
      { since: 5 * MINUTE, until: 10 * MINUTE, probes: { readiness: { status: 503 } } },
      { container: { readinessProbe: probe } },
    )
    const readyAt = (at: number) => isReady(made, at)
    expect([MINUTE, 5 * MINUTE + 5 * SECOND, 6 * MINUTE, 11 * MINUTE].map(readyAt)).toEqual([true, true, false, true])
    expect(said(made.occurrences, 'Unhealthy')).toEqual(['Readiness probe failed: HTTP probe failed with statuscode: 503'])
  })

  it('refuse a port on which nothing listens', () => {
    const made = life({ listens: [9090] }, { container: { readinessProbe: probe } })
    expect(isReady(made, MINUTE)).toBe(false)
    expect(said(made.occurrences, 'Unhealthy')).toEqual([
      'Readiness probe failed: Get "http://10.0.0.1:8080/healthz": dial tcp 10.0.0.1:8080: connect: connection refused',
    ])
  })

  it('restart it when it does not live', () => {
    const made = life({ probes: { liveness: { timeout: true } }, stop: 'ignored' }, { container: { livenessProbe: probe } })
    expect(said(made.occurrences, 'Killing')).toEqual(['Container api failed liveness probe, will be restarted'])
    expect(made.runs[0]).toMatchObject({ code: 137, reason: 'Error' })
    expect(stateAt(made, 2 * 60 * MINUTE).restarts).toBeGreaterThan(10)
  })

  it('restart it when it does not start', () => {
    const made = life({ probes: { startup: { refused: true } } }, { container: { startupProbe: { ...probe, failureThreshold: 30 } } })
    expect(said(made.occurrences, 'Killing')).toEqual(['Container api failed startup probe, will be restarted'])
    expect(made.runs[0]?.end).toBeGreaterThan(4 * MINUTE)
    expect(isReady(made, MINUTE)).toBe(false)
  })
})

it('gives a program that cannot be started no more than a start error', () => {
  const made = life({ runtime: { reason: 'RunContainerError', message: 'exec: "serve": executable file not found in $PATH: unknown' } })
  expect(stateAt(made, 30 * MINUTE).state).toMatchObject({
    kind: 'waiting',
    reason: 'CrashLoopBackOff',
    last: { code: 128, reason: 'StartError' },
  })
})
