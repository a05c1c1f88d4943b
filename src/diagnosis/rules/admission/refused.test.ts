import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#cluster'
import { ago, cause, crashing, deployment, event, object, podSpec, running, service } from '../../fixtures.ts'
import { deniedField } from './denial.ts'

type Objects = (KubeObject | KubeObject[])[]

const POD = 'spec.template.spec'
const [web] = deployment('web', podSpec({ resources: { requests: { cpu: '1' } } }, { hostNetwork: true }), [])

describe('the field that a policy’s words mean', () => {
  it.each<[string, string, string | null]>([
    ['a path', 'spec.containers[0].image is not allowed', `${POD}.containers[name=app].image`],
    [
      'Kyverno’s pointer',
      'rule limits failed at path /spec/containers/0/resources/limits/',
      `${POD}.containers[name=app].resources.limits`,
    ],
    ['a field', 'every container must have resources.limits.memory', `${POD}.containers[name=app].resources.limits.memory`],
    ['a field of the pod', 'hostNetwork is not allowed here', `${POD}.hostNetwork`],
    ['a value', 'image registry.example/app:1.0 is not signed', `${POD}.containers[name=app].image`],
    ['nothing that is in the pod', 'come back tomorrow', null],
  ])('%s', (_, text, expected) => {
    expect(deniedField(web!, text)).toBe(expected)
  })
})

const denied = (verb = 'update'): KubeObject[] =>
  deployment('web', podSpec({}, { serviceAccountName: 'runner' }), [
    crashing(
      1,
      `leases is forbidden: User "system:serviceaccount:shop:runner" cannot ${verb} resource "leases" in API group "coordination.k8s.io" in the namespace "shop"`,
    ),
  ])
const role = (verbs: string[]): KubeObject =>
  object('rbac.authorization.k8s.io/v1', 'Role', 'leases', {
    rules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs }],
  })
const binding = (namespace: string, roleName = 'leases'): KubeObject =>
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'leases', {
    roleRef: { kind: 'Role', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace }],
  })

/** As every cluster is born with: all ServiceAccounts are bound to a role of its own. */
const builtIn = (kind: string, rest: object): KubeObject => ({
  ...object('rbac.authorization.k8s.io/v1', kind, 'system:service-account-issuer-discovery', rest),
  metadata: { name: 'system:service-account-issuer-discovery', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
})
const born = [
  builtIn('ClusterRole', { rules: [{ nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] }] }),
  builtIn('ClusterRoleBinding', {
    roleRef: { kind: 'ClusterRole', name: 'system:service-account-issuer-discovery' },
    subjects: [{ kind: 'Group', name: 'system:serviceaccounts' }],
  }),
]

describe('a right that is missing', () => {
  it.each<[string, Objects, string]>([
    ['the Role lacks the verb', [denied(), role(['get']), binding('shop')], 'Role shop/leases: rules'],
    ['the binding names an account elsewhere', [denied(), role(['update']), binding('staging')], 'RoleBinding shop/leases: subjects'],
    ['the binding names no Role that exists', [denied(), binding('shop', 'lease')], 'RoleBinding shop/leases: roleRef.name'],
    ['nothing is bound', [denied()], `Deployment shop/web: ${POD}.serviceAccountName`],
    ['the cluster binds every account to a role of its own', [denied(), ...born], `Deployment shop/web: ${POD}.serviceAccountName`],
    ['… and another binding was meant', [denied(), ...born, role(['update']), binding('staging')], 'RoleBinding shop/leases: subjects'],
  ])('%s', async (_, objects, expected) => {
    expect(await cause(objects, 'Deployment shop/web')).toBe(expected)
  })
})

const quota = object('v1', 'ResourceQuota', 'objects', {
  spec: { hard: { services: '1' } },
  status: { hard: { services: '1' }, used: { services: '1' } },
})
const flux = object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'shop')
const refusal = event(
  flux,
  'ReconciliationFailed',
  'services "cart" is forbidden: exceeded quota: objects, requested: services=1, used: services=1, limited: services=1',
  { firstTimestamp: ago('40m') },
)
const caller = deployment('web', podSpec({ env: [{ name: 'CART', value: 'http://cart:80' }] }), [
  crashing(1, 'dial tcp: lookup cart on 10.96.0.10:53: no such host'),
])

describe('an object that a quota kept from being made', () => {
  it('explains who needs it', async () => {
    expect(await cause([caller, quota, refusal], 'Deployment shop/web')).toBe('ResourceQuota shop/objects: spec.hard.services')
  })
  it('is over when it was made since', async () => {
    expect(await cause([deployment('web', podSpec(), [running]), quota, refusal, service('cart', { app: 'web' }, [{ port: 80 }])])).toBe(
      'healthy',
    )
  })
})

const claim = (spec: object): KubeObject =>
  object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { storageClassName: 'disk', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
    status: { phase: 'Pending' },
  })
const disk = (phase: string, owner: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv1' },
  spec: {
    capacity: { storage: '5Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'disk',
    claimRef: { namespace: 'shop', name: owner },
  },
  status: { phase },
})
const late: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'disk' },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
}

describe('a claim', () => {
  it.each<[string, Objects, string]>([
    [
      'whose volume was kept for an earlier one of its name',
      [claim({}), disk('Released', 'data'), late],
      'PersistentVolume pv1: spec.claimRef',
    ],
    [
      'that names a volume of another',
      [claim({ volumeName: 'pv1' }), disk('Bound', 'other'), late],
      'PersistentVolumeClaim shop/data: spec.volumeName',
    ],
  ])('%s', async (_, objects, expected) => {
    expect(await cause(objects, 'PersistentVolumeClaim shop/data')).toBe(expected)
  })
  it('of a class that binds late is well without a pod', async () => {
    expect(await cause([claim({}), deployment('web', podSpec(), [running]), late])).toBe('healthy')
  })
})
