import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const apiService: Rule = {
  id: 'api-service',
  title: 'An aggregated API does not answer',
  means:
    'The API server forwards a group of its API to a Service (metrics, custom metrics, …) and gets no answer: autoscalers are blind, and no namespace can be deleted.',
  looksAt: 'The condition Available of APIServices that name a Service, and that Service.',
  mend: 'Bring the pods behind the Service back, or delete the APIService when what served it is gone for good.',
  look: (snapshot) => snapshot.all('APIService').flatMap((api) => down(snapshot, api)),
}

function down(snapshot: Snapshot, api: KubeObject): Seen[] {
  const reference = api.spec?.service
  const available = condition(api, 'Available')
  if (!reference || available?.status === 'True' || !available) return []
  const service: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: reference.namespace, name: reference.name }
  const isMissing = available.reason === 'ServiceNotFound' || snapshot.find('Service', reference.namespace, reference.name) === null
  const object = refOf(api)
  return [
    {
      on: object,
      failure: 'endpoints',
      severity: 'critical',
      summary: `The API ${api.spec.group}/${api.spec.version} does not answer: Service ${reference.namespace}/${reference.name} ${isMissing ? 'does not exist' : 'behind it does not'}`,
      evidence: [fromObject(api, `Available = ${available.status}: ${available.reason}: ${available.message ?? ''}`)],
      cause: { object, field: isMissing ? 'spec.service.name' : 'spec.service' },
      since: time(available.lastTransitionTime),
      directness: isMissing ? 0.9 : 0.5,
      open: !isMissing,
      blames: isMissing ? [] : [service],
      recommendations: [
        inspect(
          'Look at what serves it',
          String(available.message ?? '').slice(0, 200),
          `kubectl get service,endpointslices,pods -n ${reference.namespace}`,
        ),
        advise(
          `Delete APIService ${api.metadata.name} if what served it is gone for good`,
          'Until it answers or is gone, discovery fails.',
        ),
      ],
    },
  ]
}
