import { refOf, type KubeObject } from '#cluster'
import { editsOf } from '../../snapshot/edits.ts'
import { containerField, entry, podSpecOf } from '../../snapshot/field-path.ts'
import { configMapsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { inspect, setField } from '../recommend.ts'
import type { Place, Seen } from '../rule.ts'
import { besideRival } from './scaling-rival.ts'

type Unread = Pick<Seen, 'summary' | 'cause' | 'directness' | 'recommendations'> & Partial<Seen>

/** Why an autoscaler whose condition ScalingActive is False has no number to scale by. */
export function unread(snapshot: Snapshot, hpa: KubeObject, { reason, message: said }: any, scaled: KubeObject | undefined): Unread {
  const message = String(said ?? '')
  const object = refOf(hpa)
  const name = `Autoscaler ${object.namespace}/${object.name}`
  const missing = /missing request for (\S+)(?: in container (\S+))?/.exec(message)
  if (missing && scaled) return requestless(name, scaled, missing[1]!, missing[2])
  const rivalled = reason === 'AmbiguousSelector' ? besideRival(snapshot, hpa) : null
  if (rivalled) return rivalled
  const isApi = /\(get (?:pods|nodes)?\.?((?:\w+\.)*metrics\.k8s\.io)\)|(custom|external|resource) metrics API|metrics\.k8s\.io/.test(
    message,
  )
  // Of its own pods' metrics there are none while they start; of any other somebody asks by a wrong name.
  const isNamed = /FailedGet(?:External|Object|Pods)Metric/.test(reason)
  const isUnready =
    !isNamed && /did not receive metrics for (?:any ready|targeted) pods|no metrics returned|no pods returned/i.test(message)
  const served = snapshot.all('APIService').find((a) => a.spec?.service && isAskedFor(a, message))
  const renamed =
    /could not find the metric|no metrics returned|unable to find/.test(message) && served ? adapterEdit(snapshot, served) : null
  return {
    blames: [...(served ? [refOf(served)] : []), ...(scaled ? [refOf(scaled)] : [])],
    summary: `${name} cannot read its metrics: ${message.slice(0, 200)}`,
    cause: renamed ?? { object, field: reason === 'InvalidSelector' ? 'spec.scaleTargetRef' : 'spec.metrics' },
    directness: renamed ? 0.72 : isApi && !isUnready ? 0.65 : 0.5,
    open: !renamed && (isUnready || isApi),
    tentative: isUnready,
    recommendations: [inspect('See whether the metrics API answers', message.slice(0, 200), 'kubectl get apiservices')],
  }
}

/** The message names the API's group, or says which of the three it is. */
const isAskedFor = ({ spec }: KubeObject, message: string): boolean =>
  message.includes(spec.group) ||
  (spec.group === 'custom.metrics.k8s.io' && /custom metrics API/.test(message)) ||
  (spec.group === 'external.metrics.k8s.io' && /external metrics API/.test(message))

/** What was written lately into a file of who serves a metrics API. */
function adapterEdit(snapshot: Snapshot, { spec }: KubeObject): Place | null {
  const { namespace, name } = spec.service
  const adapters = new Set(
    snapshot.podsSelected(namespace, snapshot.get('Service', namespace, name)?.spec?.selector).map((pod) => snapshot.workloadOf(pod)),
  )
  for (const adapter of adapters)
    for (const file of configMapsOf(podSpecOf(adapter))) {
      const map = snapshot.get('ConfigMap', namespace, file)
      const edit = map && editsOf(map).find((e) => e.at !== null && snapshot.now - e.at < LATELY)
      if (map && edit) return { object: refOf(map), field: edit.field }
    }
  return null
}

const LATELY = 3 * 24 * 3_600_000

/** Utilisation is a share of the request: without one there is none. */
function requestless(name: string, scaled: KubeObject, resource: string, said: string | undefined): Unread {
  const container = said ?? podSpecOf(scaled)?.containers?.find((c: any) => !c.resources?.requests?.[resource])?.name
  const field = containerField(scaled, container, entry('resources.requests', resource))
  return {
    severity: 'critical',
    summary: `${name} cannot compute how much ${resource} is used: container ${container} of ${scaled.kind} ${scaled.metadata.name} has no request for it`,
    cause: { object: refOf(scaled), field },
    directness: 0.9,
    blames: [],
    recommendations: [
      setField(
        refOf(scaled),
        field,
        resource === 'memory' ? '128Mi' : '100m',
        'Utilisation is measured against the request; adjust the amount.',
      ),
    ],
  }
}
