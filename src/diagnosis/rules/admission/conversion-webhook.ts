import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { isCrashing } from '../../snapshot/containers.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { groupContainers, podNames, troubleSince } from '../run/pods.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Draft, type Rule, type Seen } from '../rule.ts'

export const conversionWebhook: Rule = {
  id: 'conversion-webhook',
  title: 'A custom kind cannot be read, since its conversion webhook does not answer',
  means:
    'The API server asks a webhook to convert objects between versions of a CustomResourceDefinition; without it, no client can list them.',
  looksAt: 'Log lines that quote the API server’s error, the conversion of CustomResourceDefinitions, and the Service that it names.',
  mend: 'Bring the webhook’s Service and pods back, correct the CustomResourceDefinition, or use conversion strategy None when the versions are alike.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) => {
      const lines = [...(snapshot.log(view, true) ?? []), ...(snapshot.log(view, false) ?? [])]
      const match = lines.map((line) => SAID.exec(line)).findLast((m) => m !== null)
      return match ? { key: match[1]!, data: match } : null
    }).map(({ workload, container, views, data }): Seen => {
      const crashes = views.some((v) => isCrashing(v, snapshot.now))
      const isWell = !crashes && views.every((v) => v.ready)
      return {
        on: refOf(workload),
        failure: crashes ? 'crash' : isWell ? 'call' : 'unready',
        container,
        severity: 'critical',
        since: troubleSince(snapshot, views),
        pods: podNames(views),
        tentative: isWell,
        ...judge(snapshot, data, refOf(workload)),
      }
    }),
}

const SAID = /conversion webhook for ([^,\s]+), Kind=(\w+) failed: (.+)$/

function judge(snapshot: Snapshot, [line, version = '', kind = '', why = '']: RegExpExecArray, caller: ObjectRef) {
  const crd = snapshot.all('CustomResourceDefinition').find((c) => c.spec?.names?.kind === kind && c.spec?.group === version.split('/')[0])
  const service = serviceOf(crd, why)
  const isMissing =
    service !== null && (/service "[^"]+" not found/.test(why) || snapshot.find('Service', service.namespace, service.name) === null)
  const object = crd ? refOf(crd) : caller
  const evidence: Draft[] = [{ source: 'log', ref: `log/${caller.namespace}/${caller.name}`, text: line.slice(0, 400) }]
  if (crd && service) evidence.push(fromObject(crd, `conversion webhook: Service ${service.namespace}/${service.name}`))
  return {
    summary: `${kind} of ${version} cannot be read: its conversion webhook ${isMissing ? `calls Service ${service.namespace}/${service.name}, which does not exist` : 'does not answer'}`,
    evidence,
    cause: { object, field: crd ? `spec.conversion.webhook.clientConfig${isMissing ? '.service.name' : ''}` : null },
    directness: isMissing && crd ? 0.92 : 0.6,
    open: !isMissing,
    blames: service && !isMissing ? [service] : [],
    recommendations: [
      advise('Bring the conversion webhook back, or correct where the CustomResourceDefinition sends to', why.slice(0, 200)),
    ],
  }
}

function serviceOf(crd: KubeObject | undefined, why: string): ObjectRef | null {
  const named = crd?.spec?.conversion?.webhook?.clientConfig?.service
  const [, name, namespace] = /https:\/\/([\w-]+)\.([\w-]+)\.svc/.exec(why) ?? []
  if (!named && !name) return null
  return { apiVersion: 'v1', kind: 'Service', namespace: named?.namespace ?? namespace, name: named?.name ?? name }
}
