import { describe, expect, it } from 'vitest'
import { resourceName } from './reader.ts'
import { builtin, findResource, guessResource, resourceOf, RESOURCES } from './resources.ts'

describe('findResource takes the words of kubectl', () => {
  it.each([
    ['deployment', 'deployments.apps'],
    ['deploy', 'deployments.apps'],
    ['Deployment', 'deployments.apps'],
    ['deployments.apps', 'deployments.apps'],
    ['deploy.apps', 'deployments.apps'],
    ['deployments.v1.apps', 'deployments.apps'],
    ['Pod', 'pods'],
    ['po', 'pods'],
    ['pods.v1', 'pods'],
    ['svc', 'services'],
    ['ENDPOINTS', 'endpoints'],
    ['ep', 'endpoints'],
    ['ev', 'events'],
    ['events.events.k8s.io', 'events.events.k8s.io'],
    ['ing', 'ingresses.networking.k8s.io'],
    ['ingress.networking.k8s.io', 'ingresses.networking.k8s.io'],
    ['pdb', 'poddisruptionbudgets.policy'],
    ['hpa', 'horizontalpodautoscalers.autoscaling'],
    ['netpol', 'networkpolicies.networking.k8s.io'],
    ['sc', 'storageclasses.storage.k8s.io'],
    ['crd', 'customresourcedefinitions.apiextensions.k8s.io'],
    ['httproute', 'httproutes.gateway.networking.k8s.io'],
  ])('%s → %s', (word, name) => {
    expect(resourceName(findResource(word)!)).toBe(name)
  })

  it.each(['', 'foo', 'deployments.foo', 'pods.apps'])('%j → nothing', (word) => {
    expect(findResource(word)).toBeNull()
  })

  it('knows custom types that it is given, after the built-in ones', () => {
    const custom = [
      guessResource('longhorn.io/v1beta2', 'Node', true),
      { ...guessResource('velero.io/v1', 'BackupStorageLocation', true), shortNames: ['bsl'] },
    ]
    expect(resourceName(findResource('bsl', custom)!)).toBe('backupstoragelocations.velero.io')
    expect(resourceName(findResource('nodes', custom)!)).toBe('nodes')
    expect(resourceName(findResource('nodes.longhorn.io', custom)!)).toBe('nodes.longhorn.io')
    expect(resourceName(findResource('nodes.longhorn', custom)!)).toBe('nodes.longhorn.io')
  })
})

describe('the table', () => {
  it('names each resource and each kind of a group once', () => {
    expect(new Set(RESOURCES.map(resourceName)).size).toBe(RESOURCES.length)
    expect(new Set(RESOURCES.map((r) => `${r.apiVersion} ${r.kind}`)).size).toBe(RESOURCES.length)
  })

  it('knows what is in no namespace', () => {
    expect(RESOURCES.filter((r) => !r.namespaced).map((r) => r.kind)).toEqual(
      expect.arrayContaining(['Node', 'Namespace', 'PersistentVolume', 'StorageClass', 'ClusterRole', 'IngressClass', 'PriorityClass']),
    )
    expect(builtin('Pod').namespaced).toBe(true)
  })

  it('lists in `all` what kubectl get all lists', () => {
    expect(
      RESOURCES.filter((r) => r.categories.includes('all'))
        .map((r) => r.plural)
        .sort(),
    ).toEqual([
      'cronjobs',
      'daemonsets',
      'deployments',
      'horizontalpodautoscalers',
      'jobs',
      'pods',
      'replicasets',
      'replicationcontrollers',
      'services',
      'statefulsets',
    ])
  })
})

describe('the type of an object', () => {
  it.each([
    ['apps/v1', 'Deployment', 'apps/v1'],
    ['batch/v1beta1', 'CronJob', 'batch/v1'],
    ['extensions/v1beta1', 'Ingress', 'networking.k8s.io/v1'],
  ])('%s %s is served as %s', (apiVersion, kind, served) => {
    expect(resourceOf(apiVersion, kind)?.apiVersion).toBe(served)
  })

  it('is not known of a custom kind, even one of a built-in name', () => {
    expect(resourceOf('longhorn.io/v1beta2', 'Node')).toBeNull()
  })
})
