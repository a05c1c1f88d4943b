import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import type { KnownObject, ShownInvestigation } from '#store'
import { judgeObject, type Verdict } from './judge-object.ts'
import { ID_LABEL } from './names.ts'
import { readRequest } from './read-request.ts'

const ID = '0197a000-0000-7000-8000-000000000001'
const INVESTIGATION = { apiVersion: 'inquest.dev/v1alpha1', kind: 'Investigation' }
const FRESH: KubeObject = {
  ...INVESTIGATION,
  metadata: { namespace: 'shop', name: 'look', uid: 'u1' },
  spec: { workflowRef: { name: 'w' } },
}
const LABELLED: KubeObject = { ...FRESH, metadata: { ...FRESH.metadata, labels: { [ID_LABEL]: ID } } }
const leaving = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp: '2026-03-01T10:00:00Z' },
})
const KNOWN: KnownObject = { uid: 'u1', namespace: 'shop', name: 'look', investigationId: ID, gone: false }
const row = (object: { uid: string; gone: boolean } | null): ShownInvestigation =>
  ({ id: ID, object: object && { ...object, namespace: 'shop', name: 'first', told: null } }) as ShownInvestigation

describe('an object that is there', () => {
  test.each<[string, KubeObject, KnownObject | undefined, ShownInvestigation | null, Verdict]>([
    ['that nobody knows is a request', FRESH, undefined, null, { is: 'request' }],
    ['that nobody knows and that leaves is nothing', leaving(FRESH), undefined, null, { is: 'nothing' }],
    ['that has a phase from an earlier life is nothing', { ...FRESH, status: { phase: 'Running' } }, undefined, null, { is: 'nothing' }],
    ['that says only that it waits is a request still', { ...FRESH, status: { conditions: [] } }, undefined, null, { is: 'request' }],
    ['that is known shows its investigation', FRESH, KNOWN, null, { is: 'shown', id: ID }],
    ['that is known and leaves ends it', leaving(FRESH), KNOWN, null, { is: 'deleted', id: ID }],
    ['that was deleted before is nothing', leaving(FRESH), { ...KNOWN, gone: true }, null, { is: 'nothing' }],
    ['whose row is gone is left to whoever deletes orphans', FRESH, { ...KNOWN, investigationId: null }, null, { is: 'nothing' }],
    ['with the label of an investigation without object is its own', LABELLED, undefined, row(null), { is: 'found', id: ID }],
    [
      'with the label of one whose object was deleted is back',
      LABELLED,
      undefined,
      row({ uid: 'u0', gone: true }),
      { is: 'found', id: ID },
    ],
    ['with the label of one that has another is a copy', LABELLED, undefined, row({ uid: 'u0', gone: false }), { is: 'copy', of: 'first' }],
    ['that was bound a moment ago shows its investigation', LABELLED, undefined, row({ uid: 'u1', gone: false }), { is: 'shown', id: ID }],
    ['that was deleted a moment ago is nothing', LABELLED, undefined, row({ uid: 'u1', gone: true }), { is: 'nothing' }],
    ['with the label of an unknown one is of another database', LABELLED, undefined, null, { is: 'nothing' }],
    ['with a label that leaves is nothing', leaving(LABELLED), undefined, row(null), { is: 'nothing' }],
    [
      'that is known is judged by that, whatever its label says',
      LABELLED,
      { ...KNOWN, investigationId: 'other' },
      row(null),
      { is: 'shown', id: 'other' },
    ],
  ])('%s', (_, object, known, labelled, verdict) => {
    expect(judgeObject(object, known, labelled)).toEqual(verdict)
  })
})

describe('a request', () => {
  const ask = (spec: unknown) => readRequest({ ...FRESH, spec })
  const base = { namespace: 'shop', workflow: 'w', object: { uid: 'u1', namespace: 'shop', name: 'look' } }
  const look = (target: object) => ask({ workflowRef: { name: 'w' }, target }).request.target

  test('says what to do', () => {
    expect(ask({ workflowRef: { name: 'w' }, params: { a: 'b' } })).toEqual({ request: { ...base, params: { a: 'b' } }, problem: null })
    const alert = { labels: { a: 'b' }, startsAt: '2026-03-01T10:00:00.123456789+01:00' }
    expect(ask({ workflowRef: { name: 'w' }, alert })).toEqual({
      request: { ...base, alert: { ...alert, annotations: {} } },
      problem: null,
    })
  })

  test.each([
    [
      { kind: 'Deployment', name: 'web' },
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    ],
    [
      { kind: 'deployment', name: 'web' },
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    ],
    [
      { kind: 'Pod', name: 'p', namespace: 'pay' },
      { apiVersion: 'v1', kind: 'Pod', namespace: 'pay', name: 'p' },
    ],
    [
      { kind: 'Node', name: 'n1', namespace: 'pay' },
      { apiVersion: 'v1', kind: 'Node', namespace: null, name: 'n1' },
    ],
    [
      { apiVersion: 'v1', kind: 'Service', name: 's' },
      { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 's' },
    ],
    [
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 's' },
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 's' },
    ],
    [
      { kind: 'Rollout', name: 'r' },
      { apiVersion: '', kind: 'Rollout', namespace: 'shop', name: 'r' },
    ],
  ])('may say of its target only %j', (target, ref) => {
    expect(look(target)).toEqual(ref)
  })

  test.each([
    ['no Workflow', {}, 'spec.workflowRef: missing'],
    ['a field of a newer CRD', { workflowRef: { name: 'w' }, depth: 3 }, 'spec.depth: unknown field'],
    ['nothing at all', undefined, 'spec: missing'],
    [
      'a time that is none',
      { workflowRef: { name: 'w' }, alert: { labels: {}, startsAt: 'yesterday' } },
      'spec.alert.startsAt: "yesterday" is no time',
    ],
  ])('with %s is not one', (_, spec, problem) => {
    expect(ask(spec).problem).toContain(problem)
  })
})
