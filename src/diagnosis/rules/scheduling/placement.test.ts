import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#cluster'
import { ago, cause, deployment, edited, event, node, object, pod, podSpec, running, unplaced } from '../../fixtures.ts'

type Objects = (KubeObject | KubeObject[])[]

const WEB = 'Deployment shop/web: spec.template.spec'
const asks = (cpu: string, rest = {}) => podSpec({ resources: { requests: { cpu } } }, rest)
const volume = (name: string, host: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }] }] },
    },
  },
  status: { phase: 'Bound' },
})
const bound = object('v1', 'PersistentVolumeClaim', 'data', { spec: { volumeName: 'pv1' }, status: { phase: 'Bound' } })
const withData = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }
const hog = pod('hog', podSpec({ resources: { requests: { cpu: '3' } } }), { ...running, node: 'n1' })
const winner = pod('batch', { ...podSpec(), priorityClassName: 'urgent', priority: 1000 }, running, {
  uid: '0f4a2a3e-0c1e-4b36-8a2c-91d1e6a0c9b7',
})
const victim = pod('web-r1-gone', podSpec())

describe('what stands between a pod and the nodes', () => {
  const cases: [string, Objects, string][] = [
    [
      'a cordoned node has room while the other is full',
      [
        deployment('web', asks('2'), [unplaced('0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.')]),
        hog,
        node('n1'),
        node('n2', { spec: { unschedulable: true } }),
      ],
      'Node n2: spec.unschedulable',
    ],
    [
      'a cordoned node is too small, so it is not to blame',
      [
        deployment('web', asks('2'), [unplaced('0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.')]),
        hog,
        node('n1'),
        node('n2', { allocatable: { cpu: '1' }, spec: { unschedulable: true } }),
      ],
      `${WEB}.containers[name=app].resources.requests.cpu`,
    ],
    [
      'the only node that it selects has a taint; the message does not say which',
      [
        deployment('web', podSpec({}, { nodeSelector: { pool: 'gpu' } }), [
          unplaced("0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s)."),
        ]),
        node('n1'),
        node('n2', { labels: { pool: 'gpu' }, taints: [{ key: 'accelerator', value: 'true', effect: 'NoSchedule' }] }),
      ],
      `${WEB}.tolerations`,
    ],
    [
      'its volume is on a node that its selector leaves out',
      [
        deployment('web', podSpec({}, { ...withData, nodeSelector: { zone: 'b' } }), [
          unplaced(
            "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) didn't match PersistentVolume's node affinity.",
          ),
        ]),
        bound,
        object('v1', 'PersistentVolumeClaim', 'late', { status: { phase: 'Bound' } }),
        volume('pv1', 'n1'),
        node('n1', { labels: { zone: 'a' } }),
        node('n2', { labels: { zone: 'b' } }),
      ],
      `${WEB}.nodeSelector.zone`,
    ],
    [
      'its volume is on a cordoned node',
      [
        deployment('web', podSpec({}, withData), [
          unplaced("0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) were unschedulable."),
        ]),
        bound,
        volume('pv1', 'n1'),
        node('n1', { spec: { unschedulable: true } }),
        node('n2'),
      ],
      'Node n1: spec.unschedulable',
    ],
    [
      'pods of a higher priority took its places',
      [
        deployment('web', asks('2'), [unplaced('0/1 nodes are available: 1 Insufficient cpu.')]),
        winner,
        event(victim, 'Preempted', 'Preempted by pod 0f4a2a3e-0c1e-4b36-8a2c-91d1e6a0c9b7 on node n1'),
        node('n1'),
      ],
      'Pod shop/batch: spec.priorityClassName',
    ],
    [
      'a volume for one pod alone, and a roll-out that wants two',
      [
        deployment('web', podSpec({}, withData), [
          unplaced(
            '0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.',
          ),
        ]),
        bound,
        node('n1'),
      ],
      'Deployment shop/web: spec.strategy.type',
    ],
    [
      'a spread over a label that no node has',
      [
        deployment('web', podSpec({}, { topologySpreadConstraints: [{ topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule' }] }), [
          unplaced("0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label)."),
        ]),
        node('n1'),
      ],
      `${WEB}.topologySpreadConstraints[topologyKey=rack]`,
    ],
    [
      'as many pods as the nodes may have',
      [deployment('web', podSpec(), [unplaced('0/1 nodes are available: 1 Too many pods.')]), node('n1')],
      'Deployment shop/web: spec.replicas',
    ],
    [
      'a scheduler of a name that nobody has',
      [deployment('web', podSpec({}, { schedulerName: 'gang' }), [{ phase: 'Pending', node: null }]), node('n1')],
      `${WEB}.schedulerName`,
    ],
  ]
  it.each(cases)('%s', async (_, objects, expected) => {
    expect(await cause(objects, 'Deployment shop/web')).toBe(expected)
  })

  it('more replicas, asked for just before', async () => {
    const scaled = deployment('web', asks('2'), [running, unplaced('0/1 nodes are available: 1 Insufficient cpu.')])
    Object.assign(scaled[0]!.metadata, edited({ 'f:spec': { 'f:replicas': {} } }, ago('20m')))
    expect(await cause([scaled, node('n1')], 'Deployment shop/web')).toBe('Deployment shop/web: spec.replicas')
  })
})
