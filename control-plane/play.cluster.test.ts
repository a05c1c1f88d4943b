import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Json } from './api.ts'
import { type PlayedCluster, playScenario } from './play.ts'
import { recordBundle } from './record.ts'

/** Needs the built control plane: not part of `npm test`. */
const MANIFEST = `
apiVersion: v1
kind: Namespace
metadata: {name: demo}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: demo}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: registry.example/api:1}]}
`
let dir: string
let cluster: PlayedCluster

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'inquest-scenario-'))
  await mkdir(join(dir, 'manifests'))
  await writeFile(join(dir, 'manifests', 'api.yaml'), MANIFEST)
  const image = 'registry.example/api:2'
  cluster = await playScenario(
    dir,
    {
      title: 'version 2 crashes',
      now: '2026-01-20T10:00:00Z',
      steps: [
        { at: '-5d', apply: ['api.yaml'] },
        {
          at: '-3h',
          patch: [
            {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              namespace: 'demo',
              name: 'api',
              patch: {
                spec: { strategy: { type: 'Recreate', rollingUpdate: null }, template: { spec: { containers: [{ name: 'api', image }] } } },
              },
            },
          ],
        },
      ],
      behaviours: [
        {
          pods: { namespace: 'demo', where: (pod) => pod.spec.containers[0].image === image },
          exits: { code: 1, after: 3 },
          logs: [{ after: 1, text: '{time} it broke' }],
        },
      ],
      alert: { labels: { alertname: 'X' }, annotations: {}, startsAt: '-1h', expr: '' },
    },
    () => {},
  )
}, 120_000)

afterAll(async () => {
  await cluster?.stop()
  await rm(dir, { recursive: true, force: true })
})

it('shows a cluster as it is after three hours of crash looping', async () => {
  const { items } = await cluster.api.get('/api/v1/namespaces/demo/pods')
  expect(items).toHaveLength(2)
  for (const pod of items as Json[]) {
    expect(pod.metadata.creationTimestamp).toMatch(/^2026-01-20T07:00:0/)
    expect(pod.status.containerStatuses[0].restartCount).toBeGreaterThan(35)
    expect(pod.status.containerStatuses[0].state.waiting.reason).toBe('CrashLoopBackOff')
  }
  const sets = (await cluster.api.get('/apis/apps/v1/namespaces/demo/replicasets')).items as Json[]
  expect(sets.map(({ metadata }) => metadata.creationTimestamp.slice(0, 10)).sort()).toEqual(['2026-01-15', '2026-01-20'])
})

it('records it without a trace of its making', async () => {
  const files = await recordBundle(cluster.api)
  const text = [...files.values()].join('\n')
  expect(text).not.toMatch(/inquest|simulat/i)
  expect(text).not.toContain(
    String(new Date().getFullYear()) +
      '-' +
      String(new Date().getMonth() + 1).padStart(2, '0') +
      '-' +
      String(new Date().getDate()).padStart(2, '0'),
  )
  const log = [...files].find(([path]) => path.endsWith('/api-previous.log'))
  expect(log?.[1]).toContain('it broke')
  const deployment = JSON.parse(files.get('support-bundle/cluster-resources/deployments/demo.json') ?? '{}').items[0]
  expect(deployment.status.conditions.map((c: Json) => c.reason)).toContain('MinimumReplicasUnavailable')
})
