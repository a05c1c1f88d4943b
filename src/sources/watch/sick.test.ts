import { expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import { problemsOf, WATCHED_PROBLEMS } from '#kinds/kubernetes-source'
import { pruneWatched } from './prune.ts'
import { findSick } from './sick.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const ago = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString()
const REPLICA_SET = { kind: 'ReplicaSet', name: 'web-5d9c' }

function pod(status: object, { owner = REPLICA_SET as object | null, ...more }: Record<string, any> = {}): KubeObject {
  const ownerReferences = owner ? [{ apiVersion: 'x/v1', uid: 'u', controller: true, ...owner }] : []
  const labels = { app: 'web', 'pod-template-hash': '5d9c' }
  const metadata = { name: 'web-5d9c-abc', namespace: 'shop', labels, ownerReferences, ...more }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'i' }] }, status } as KubeObject
}
const container = (state: object, more: object = {}): object => ({ containerStatuses: [{ name: 'c', restartCount: 0, state, ...more }] })
const ended = (seconds: number, reason = 'Error', exitCode = 1) => ({ terminated: { reason, exitCode, finishedAt: ago(seconds) } })
const waiting = (reason: string) => ({ waiting: { reason, message: `because of ${reason}` } })
const running = (seconds: number) => ({ running: { startedAt: ago(seconds) } })
const looping = container(waiting('CrashLoopBackOff'), { restartCount: 3, lastState: ended(20) })
const job = (name: string, type: string, seconds: number, cron: string | null = null): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name,
    namespace: 'shop',
    ...(cron && { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron, uid: 'u', controller: true }] }),
  },
  status: {
    conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded', message: 'too often', lastTransitionTime: ago(seconds) }],
  },
})
const node = (status: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1' },
  spec,
  status: { conditions: [{ type: 'Ready', status, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }] },
})
const unscheduled = (reason: string): object => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason, message: '0/3 nodes are available.' }],
})
const web = (alertname: string, more = {}) => ({ alertname, namespace: 'shop', deployment: 'web', severity: 'warning', ...more })
const of = (alertname: string, more: object) => ({ alertname, severity: 'warning', ...more })
const shop = (alertname: string, more: object) => of(alertname, { namespace: 'shop', ...more })

const find = (objects: KubeObject[]) => findSick(objects.map(pruneWatched), WATCHED_PROBLEMS, NOW)
const seen = (...objects: KubeObject[]) => [...find(objects).sick.values()].map(({ labels, isIll }) => [isIll ? 'ill' : 'unsure', labels])

test.each<[string, KubeObject[], [string, object][]]>([
  ['a pod that runs', [pod(container(running(900)))], []],
  ['a pod that is new', [pod(container(waiting('ContainerCreating')))], []],
  ['a crash loop', [pod(looping)], [['ill', web('KubePodCrashLooping')]]],
  ['two pods of a workload', [pod(looping), pod(looping, { name: 'web-5d9c-def' })], [['ill', web('KubePodCrashLooping')]]],
  [
    'a crash loop of an init container',
    [pod({ initContainerStatuses: [{ name: 'i', restartCount: 2, state: waiting('CrashLoopBackOff') }] })],
    [['ill', web('KubePodCrashLooping')]],
  ],
  [
    'between two crashes',
    [pod(container(running(20), { restartCount: 3, lastState: ended(60) }))],
    [['unsure', web('KubePodCrashLooping')]],
  ],
  ['five minutes after the last crash', [pod(container(running(301), { restartCount: 3, lastState: ended(320) }))], []],
  ['a restart that was no fault', [pod(container(running(20), { restartCount: 1, lastState: ended(60, 'Completed', 0) }))], []],
  ['a crash loop of a pod that is being deleted', [pod(looping, { deletionTimestamp: ago(1) })], []],
  [
    'an OOM kill',
    [pod(container(running(20), { restartCount: 1, lastState: ended(21, 'OOMKilled', 137) }))],
    [
      ['unsure', web('KubePodCrashLooping')],
      ['ill', web('KubePodOOMKilled')],
    ],
  ],
  ['an OOM kill of yesterday', [pod(container(running(80_000), { restartCount: 1, lastState: ended(80_001, 'OOMKilled', 137) }))], []],
  ['an image that cannot be pulled', [pod(container(waiting('ImagePullBackOff')))], [['ill', web('KubeContainerWaiting')]]],
  ['the first failure to pull', [pod(container(waiting('ErrImagePull')))], [['unsure', web('KubeContainerWaiting')]]],
  ['no node for it', [pod(unscheduled('Unschedulable'))], [['ill', web('KubePodNotReady')]]],
  ['held by a scheduling gate', [pod(unscheduled('SchedulingGated'))], []],
  ['a failed Job', [job('import', 'Failed', 9)], [['ill', shop('KubeJobFailed', { job_name: 'import' })]]],
  ['a Job that is done', [job('import', 'Complete', 9)], []],
  ['a failed run of a CronJob', [job('b-1', 'Failed', 9, 'b')], [['ill', shop('KubeJobFailed', { cronjob: 'b' })]]],
  ['a run that failed before one that went well', [job('b-1', 'Failed', 99, 'b'), job('b-2', 'Complete', 9, 'b')], []],
  ['a node that is not ready', [node('Unknown')], [['ill', of('KubeNodeNotReady', { node: 'n1' })]]],
  ['a node that is ready', [node('True')], []],
  ['a node that is cordoned', [node('False', { unschedulable: true })], []],
  [
    'of a StatefulSet',
    [pod(looping, { owner: { kind: 'StatefulSet', name: 'db' } })],
    [['ill', shop('KubePodCrashLooping', { statefulset: 'db' })]],
  ],
  [
    'of a DaemonSet',
    [pod(looping, { owner: { kind: 'DaemonSet', name: 'log' } })],
    [['ill', shop('KubePodCrashLooping', { daemonset: 'log' })]],
  ],
  ['of a Job', [pod(looping, { owner: { kind: 'Job', name: 'j' } })], [['ill', shop('KubePodCrashLooping', { job_name: 'j' })]]],
  ['of a bare ReplicaSet', [pod(looping, { labels: {} })], [['ill', shop('KubePodCrashLooping', { replicaset: 'web-5d9c' })]]],
  ['of nobody', [pod(looping, { owner: null })], [['ill', shop('KubePodCrashLooping', { pod: 'web-5d9c-abc' })]]],
])('%s', (_, objects, expected) => {
  expect(seen(...objects)).toEqual(expected)
})

test('pods of a custom owner are alerts of their own and one incident', () => {
  const owner = { kind: 'Cluster', name: 'pg' }
  const { sick } = find([pod(looping, { owner, name: 'pg-1' }), pod(looping, { owner, name: 'pg-2' })])
  expect([...sick.values()].map(({ labels }) => labels['pod'])).toEqual(['pg-1', 'pg-2'])
  expect(new Set([...sick.values()].map(({ group }) => JSON.stringify(group))).size).toBe(1)
})

test('says when time alone ends it, who it is and why, and shows no secret', () => {
  const { sick, until } = find([pod(container(running(20), { restartCount: 3, lastState: ended(60) }))])
  expect([[...sick.values()][0]!.isIll, until]).toEqual([false, NOW + 280_000])
  const leaky = container({ waiting: { reason: 'CrashLoopBackOff', message: 'login with password=hunter2secret failed' } })
  const [one] = find([pod(leaky)]).sick.values()
  expect(one).toMatchObject({ objects: ['web-5d9c-abc'], message: expect.stringContaining('[REDACTED') })
})

test('only the problems that are asked for; nodes by default only in the whole cluster', () => {
  expect(findSick([pod(looping)].map(pruneWatched), ['ImagePull'], NOW).sick.size).toBe(0)
  expect([problemsOf({}).includes('NodeNotReady'), problemsOf({ scope: 'Cluster' }).includes('NodeNotReady')]).toEqual([false, true])
})

test('a healthy pod is kept in a few hundred bytes', () => {
  const annotations = { note: 'x'.repeat(10_000) }
  expect(JSON.stringify(pruneWatched(pod(container(running(900)), { annotations }))).length).toBeLessThan(300)
})
