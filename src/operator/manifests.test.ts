import { expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import { createManifests } from './manifests.ts'
import { sinkReconciler } from './reconcile-sink.ts'
import { sourceReconciler } from './reconcile-source.ts'
import { workflowReconciler } from './reconcile-workflow.ts'

const reconcilers = { Source: sourceReconciler, Workflow: workflowReconciler, Sink: sinkReconciler }
const start = (more: Partial<typeof reconcilers> = {}) =>
  createManifests(
    { ...reconcilers, ...more },
    async () => undefined,
    () => true,
  )
const raw = (kind: string, name: string, spec: object, meta: object = {}): KubeObject => ({
  apiVersion: 'inquest.dev/v1alpha1',
  kind,
  metadata: { namespace: 'shop', name, uid: `uid-${name}`, generation: 1, resourceVersion: '1', ...meta },
  spec,
  // As a later version of Inquest may have written it.
  status: { unheard: 'of' },
})
const source = (more: object = {}): object => ({ alertmanager: {}, auth: { none: {} }, workflowRef: { name: 'triage' }, ...more })

test('puts what can be used into force, whatever its status says', async () => {
  const manifests = start()
  await manifests.take('Source', 'shop', 'alerts', raw('Source', 'alerts', source()))
  expect(manifests.registry.source('shop', 'alerts')).toMatchObject({ metadata: { namespace: 'shop', uid: 'uid-alerts', generation: 1 } })
  expect(manifests.registry.unusable('Source', 'shop', 'alerts')).toBeNull()
})

test('wakes those that name it when it comes, breaks, heals or goes, and at no other time', async () => {
  const manifests = start()
  const take = (object: KubeObject | null) => manifests.take('Workflow', 'shop', 'triage', object)
  const workflow = (generation: number, when: string): KubeObject =>
    raw('Workflow', 'triage', { steps: [{ name: 'look', when, diagnose: {} }] }, { generation })
  await manifests.take('Source', 'shop', 'alerts', raw('Source', 'alerts', source()))
  expect(await take(workflow(1, 'true'))).toEqual(['Source shop/alerts'])
  expect(await take(workflow(1, 'true'))).toEqual([])
  expect(await take(workflow(2, 'false'))).toEqual([])
  expect(await take(workflow(3, 'nope'))).toEqual(['Source shop/alerts'])
  expect(manifests.find('Workflow', 'shop', 'triage')).toBe('unusable')
  expect(await take(workflow(4, 'true'))).toEqual(['Source shop/alerts'])
  expect(await take(null)).toEqual(['Source shop/alerts'])
  expect(await take(null)).toEqual([])
  expect(manifests.find('Workflow', 'shop', 'triage')).toBe('missing')
})

test('takes out of force what is being deleted', async () => {
  const manifests = start()
  await manifests.take('Source', 'shop', 'alerts', raw('Source', 'alerts', source()))
  await manifests.take('Source', 'shop', 'alerts', raw('Source', 'alerts', source(), { deletionTimestamp: '2026-01-01T00:00:00Z' }))
  expect(manifests.registry.sources()).toEqual([])
  expect(manifests.known('Source shop/alerts')).toBeNull()
})

test.each<[string, object, RegExp]>([
  ['a field that a newer CRD has', source({ colour: 'red' }), /^spec\.colour: unknown field/],
  [
    'a value that an older CRD let through',
    source({ grouping: { window: 'soon' } }),
    /^spec\.grouping\.window: .*Write a number with a unit/,
  ],
  ['a spec that is none', 'text' as unknown as object, /^spec: /],
])('explains %s', async (_, spec, message) => {
  const manifests = start()
  await manifests.take('Source', 'shop', 'alerts', raw('Source', 'alerts', spec))
  expect(manifests.registry.unusable('Source', 'shop', 'alerts')).toMatch(message)
})

test('a defect of ours is said of the object that shows it', async () => {
  const broken = { ...sinkReconciler, accept: () => Promise.reject(new TypeError('x is undefined')) }
  const manifests = start({ Sink: broken })
  await manifests.take('Sink', 'shop', 'chat', raw('Sink', 'chat', { stdout: {} }))
  expect(manifests.registry.unusable('Sink', 'shop', 'chat')).toBe(
    'this could not be judged: x is undefined. This is a defect of Inquest: please report it.',
  )
})
