import { refOf, type KubeObject } from '#cluster'
import { editsOf } from '../../snapshot/edits.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const serviceEdited: Rule = {
  id: 'service-edited',
  title: 'A Service was told to pass traffic on in another way',
  means:
    'Who may come in, or which pod an address is bound to, was changed a short while ago. Whoever is kept out by it says so outside the cluster: within it, only the change shows.',
  looksAt:
    'Edits of the last three hours to the source ranges, session affinity, type and cloud annotations of Services that an alert is about.',
  mend: 'Take the edit back, or add who is missing.',
  look: (snapshot) => snapshot.all('Service').flatMap((service) => edited(snapshot, service)),
}

const HOURS = 3 * 3_600_000
const WAY =
  /^spec\.(?:loadBalancerSourceRanges|loadBalancerClass|loadBalancerIP|sessionAffinity|externalIPs|type|trafficDistribution|ipFamil\w+)|^metadata\.annotations\[.*(?:load-balancer|loadbalancer|source-ranges|internal)/

function edited(snapshot: Snapshot, service: KubeObject): Seen[] {
  const edit = editsOf(service).findLast((e) => WAY.test(e.field) && e.at !== null && snapshot.now - e.at < HOURS)
  if (!edit) return []
  const object = refOf(service)
  const name = `Service ${object.namespace}/${object.name}`
  return [
    {
      on: object,
      failure: 'endpoints',
      severity: 'warning',
      summary: `${name} passes traffic on in another way: ${edit.field} was ${edit.how}`,
      evidence: [
        fromObject(
          service,
          `${edit.field} = ${jsonText(edit.after ?? null).slice(0, 150)}, ${edit.how} at ${new Date(edit.at!).toISOString()}`,
        ),
      ],
      cause: { object, field: edit.field },
      since: edit.at,
      directness: 0.5,
      tentative: true,
      recommendations: [advise(`See who is kept out by ${edit.field} of ${name}`, 'It was changed shortly before.')],
    },
  ]
}
