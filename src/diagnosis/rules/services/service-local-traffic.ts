import { refOf, type KubeObject } from '#cluster'
import { isReady } from '../../snapshot/containers.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { callsOf } from '../../snapshot/hosts.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { hostsNear } from '../run/connections.ts'
import { hitsOf } from '../logs/log-lines.ts'
import { podNames, unreadySince } from '../run/pods.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const serviceLocalTraffic: Rule = {
  id: 'service-local-traffic',
  title: 'A Service keeps traffic on nodes that have none of its pods',
  means:
    'With internalTrafficPolicy: Local a caller reaches only pods on its own node, with externalTrafficPolicy: Local a request from outside only those of the node that it comes to; where there is none, it is dropped.',
  looksAt: 'The traffic policies of Services, the nodes of their ready pods, and the nodes of callers that cannot connect.',
  mend: 'Set the policy back to Cluster, or run a pod on every node that is called on (a DaemonSet, a topology spread).',
  look: (snapshot) => snapshot.all('Service').flatMap((service) => [...fromInside(snapshot, service), ...fromOutside(snapshot, service)]),
}

const POLICY = 'spec.internalTrafficPolicy'

function fromInside(snapshot: Snapshot, service: KubeObject): Seen[] {
  const namespace = service.metadata.namespace ?? ''
  if (service.spec?.internalTrafficPolicy !== 'Local' || service.spec?.clusterIP === 'None') return []
  const nodes = nodesOf(snapshot, service)
  if (nodes.size === 0) return []
  const object = refOf(service)
  const edit = editsOf(service).find((e) => e.field === POLICY)
  const isCut = (pod: KubeObject): boolean => pod.spec?.nodeName !== undefined && !nodes.has(pod.spec.nodeName)
  return (['cannot-connect', 'name-not-resolved'] as const)
    .flatMap((rule) => hitsOf(snapshot, rule))
    .flatMap((group): Seen[] => {
      const { workload, data: hit } = group
      const named = hostsNear(snapshot, group, hit).flatMap((p) => (p.service ? [p.service] : []))
      const called = named.length > 0 ? named : callsOf(snapshot, workload).map((c) => c.service)
      const pods = group.views.map((v) => v.pod)
      if (!called.some((s) => s.namespace === namespace && s.name === service.metadata.name) || !pods.every(isCut)) return []
      const where = [...new Set(pods.map((p) => p.spec.nodeName))].sort().join(', ')
      return [
        {
          on: refOf(workload),
          failure: hit.state === 'crashing' ? 'crash' : hit.state === 'unready' ? 'unready' : 'call',
          container: group.container,
          severity: 'critical',
          summary: `Service ${namespace}/${service.metadata.name} keeps traffic on the caller's node, and ${where} ${pods.length === 1 ? 'has' : 'have'} none of its pods: ${workload.kind} ${workload.metadata.name} cannot reach it from there`,
          evidence: [
            hit.evidence,
            fromObject(service, `${POLICY} = Local; its ready pods are on ${[...nodes].sort().join(', ')}`),
            fromObject(pods[0]!, `runs on ${pods[0]!.spec.nodeName}`),
          ],
          cause: { object, field: POLICY },
          since: hit.state === 'well' ? (edit?.at ?? null) : unreadySince(pods),
          directness: edit ? 0.93 : 0.9,
          pods: podNames(group.views),
          tentative: hit.state === 'well',
          recommendations: [setField(object, POLICY, 'Cluster', 'Then callers on every node reach it.')],
        },
      ]
    })
}

/** From outside nobody writes a log here: only a policy that was set lately, where most nodes have no pod, tells something. */
function fromOutside(snapshot: Snapshot, service: KubeObject): Seen[] {
  const field = 'spec.externalTrafficPolicy'
  const edit = editsOf(service).find((e) => e.field === field)
  if (service.spec?.externalTrafficPolicy !== 'Local' || !edit) return []
  const nodes = nodesOf(snapshot, service)
  const all = snapshot.all('Node').length
  if (nodes.size === 0 || nodes.size >= all) return []
  const object = refOf(service)
  const name = `Service ${object.namespace}/${object.name}`
  return [
    {
      on: object,
      failure: 'endpoints',
      severity: 'critical',
      summary: `${name} drops what comes to a node without one of its pods, since its externalTrafficPolicy was set to Local: ${nodes.size} of ${all} nodes have one`,
      evidence: [fromObject(service, `${field} = Local; its ready pods are on ${[...nodes].sort().join(', ')}`)],
      cause: { object, field },
      since: edit.at,
      directness: 0.7,
      tentative: true,
      recommendations: [setField(object, field, 'Cluster', 'Then every node passes requests on.')],
    },
  ]
}

const nodesOf = (snapshot: Snapshot, service: KubeObject): Set<string> =>
  new Set(
    snapshot
      .podsSelected(service.metadata.namespace ?? '', service.spec?.selector)
      .filter(isReady)
      .map((p) => p.spec?.nodeName as string),
  )
