import { describe, expect, it } from 'vitest'
import { allows, type Wish } from './rights.ts'

const pods = { apiVersion: 'v1', plural: 'pods' }
const deployments = { apiVersion: 'apps/v1', plural: 'deployments' }
const list = (type: Wish['type']): Wish => ({ verb: 'list', type, namespace: 'shop' })
const get = (type: Wish['type'], name: string): Wish => ({ verb: 'get', type, namespace: 'shop', name })
const log: Wish = { verb: 'get', type: pods, subresource: 'log', namespace: 'shop', name: 'web' }

describe('a rule of RBAC', () => {
  it.each<[string, Parameters<typeof allows>[0], Wish, boolean]>([
    ['allows what it names', { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }, list(pods), true],
    ['not another verb', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, list(pods), false],
    ['not another resource', { verbs: ['list'], apiGroups: ['apps'], resources: ['daemonsets'] }, list(deployments), false],
    [
      'not the same resource of another group',
      { verbs: ['list'], apiGroups: ['extensions'], resources: ['deployments'] },
      list(deployments),
      false,
    ],
    ['allows all with stars', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, list(deployments), true],
    ['for pods says nothing of their logs', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, log, false],
    ['for logs says nothing of pods', { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }, get(pods, 'web'), false],
    ['allows a subresource by its name', { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }, log, true],
    ['allows a subresource of anything', { verbs: ['get'], apiGroups: [''], resources: ['*/log'] }, log, true],
    [
      'for one name allows that one',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['web'] },
      get(pods, 'web'),
      true,
    ],
    ['for one name not another', { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['web'] }, get(pods, 'api'), false],
    ['for one name not a list', { verbs: ['list'], apiGroups: [''], resources: ['pods'], resourceNames: ['web'] }, list(pods), false],
    ['for paths says nothing of resources', { verbs: ['get'] }, get(pods, 'web'), false],
  ])('%s', (_, rule, wish, expected) => expect(allows(rule, wish)).toBe(expected))
})
