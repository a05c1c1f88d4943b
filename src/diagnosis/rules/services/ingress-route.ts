import { refOf, type KubeObject } from '#cluster'
import { containersOf, isReady } from '../../snapshot/containers.ts'
import { editsOf } from '../../snapshot/edits.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const ingressRoute: Rule = {
  id: 'ingress-route',
  title: 'An Ingress sends a path to a Service that does not know it',
  means:
    'The backend is well and answers, but what the Ingress sends to it under this path it answers with 404: mostly the path belongs to another Service.',
  looksAt: 'Access logs of the ready pods behind each path of an Ingress, and when the Ingress was last edited.',
  mend: 'Send the path to the Service that serves it, or correct the path or its rewriting.',
  look: (snapshot) => snapshot.all('Ingress').flatMap((ingress) => routes(snapshot, ingress)),
}

/** A request line of an access log in the common form, with its status. */
const REQUEST = /"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\S+) HTTP\/[\d.]+" (\d{3})\b/

function routes(snapshot: Snapshot, ingress: KubeObject): Seen[] {
  const namespace = ingress.metadata.namespace ?? ''
  return (ingress.spec?.rules ?? []).flatMap((rule: any, i: number) =>
    (rule.http?.paths ?? []).flatMap((entry: any, j: number): Seen[] => {
      const service = snapshot.get('Service', namespace, entry.backend?.service?.name)
      if (!service || !entry.path || entry.path === '/') return []
      const lines = snapshot
        .podsSelected(namespace, service.spec?.selector)
        .filter(isReady)
        .flatMap(containersOf)
        .flatMap((view) => (snapshot.log(view, false) ?? []).slice(-100))
      const requests = lines.map((line) => REQUEST.exec(line)).filter((m) => m !== null && m[1]!.startsWith(entry.path))
      const unknown = requests.filter((m) => m![2] === '404')
      if (unknown.length < 5 || unknown.length * 10 < requests.length * 9) return []
      const object = refOf(ingress)
      const edit = editsOf(ingress).find((e) => e.field.startsWith('spec.rules'))
      return [
        {
          on: object,
          failure: 'entry',
          severity: 'critical',
          summary: `Ingress ${namespace}/${ingress.metadata.name} sends ${entry.path} to Service ${service.metadata.name}, which answers 404 to it`,
          evidence: [
            fromObject(
              ingress,
              `${entry.path} → ${service.metadata.name}${edit?.at ? `; rules ${edit.how} at ${new Date(edit.at).toISOString()}` : ''}`,
            ),
            { source: 'log', ref: `log/${namespace}/${service.metadata.name}`, text: unknown.at(-1)![0] },
          ],
          cause: { object, field: `spec.rules[${i}].http.paths[${j}].backend.service.name` },
          since: edit?.at ?? null,
          directness: edit ? 0.8 : 0.6,
          tentative: true,
          recommendations: [
            inspect(
              `Find the Service that serves ${entry.path}`,
              `${service.metadata.name} does not.`,
              `kubectl get services -n ${namespace} -o wide`,
            ),
          ],
        },
      ]
    }),
  )
}
