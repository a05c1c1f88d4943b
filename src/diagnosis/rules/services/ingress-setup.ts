import { refOf, type KubeObject } from '#cluster'
import { makersOf } from '../../snapshot/custom-links.ts'
import { hostsOf } from '../../snapshot/entry.ts'
import { distance, nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { fromObject, type Seen } from '../rule.ts'

/** What is wrong with an Ingress besides its backends: its class, its certificates, a host. */
export const setupFaults = (snapshot: Snapshot, ingress: KubeObject): Seen[] => [
  ...ingressClass(snapshot, ingress),
  ...certificates(snapshot, ingress),
  ...hosts(ingress),
]

function ingressClass(snapshot: Snapshot, ingress: KubeObject): Seen[] {
  const wanted: string | undefined = ingress.spec?.ingressClassName
  if (!wanted || snapshot.find('IngressClass', null, wanted) !== null) return []
  const near =
    nearest(
      wanted,
      snapshot.all('IngressClass').map((c) => c.metadata.name),
    ) ?? (snapshot.all('IngressClass').length === 1 ? snapshot.all('IngressClass')[0]!.metadata.name : undefined)
  return [
    ingressFault(
      ingress,
      'spec.ingressClassName',
      `Ingress ${ingress.metadata.namespace}/${ingress.metadata.name} is of class ${wanted}, which does not exist${near ? ` (there is ${near})` : ''}`,
      0.9,
      [wanted],
      near,
    ),
  ]
}

function certificates(snapshot: Snapshot, ingress: KubeObject): Seen[] {
  return (ingress.spec?.tls ?? []).flatMap((tls: any, i: number) => {
    if (!tls.secretName || snapshot.find('Secret', ingress.metadata.namespace ?? null, tls.secretName) !== null) return []
    const says = `Ingress ${ingress.metadata.namespace}/${ingress.metadata.name} takes its certificate from Secret ${tls.secretName}, which does not exist`
    const secret = { apiVersion: 'v1', kind: 'Secret', namespace: ingress.metadata.namespace ?? null, name: tls.secretName }
    return [
      {
        ...ingressFault(ingress, `spec.tls[${i}].secretName`, says, 0.88, [tls.secretName], undefined),
        blames: makersOf(snapshot, secret),
      },
    ]
  })
}

/** A host that the certificate is for and no rule serves, while a rule serves one that is nearly alike. */
function hosts(ingress: KubeObject): Seen[] {
  const served = hostsOf(ingress)
  const certified: string[] = (ingress.spec?.tls ?? []).flatMap((t: any) => t.hosts ?? [])
  const [missed, ...more] = certified.filter((host) => !served.includes(host) && !host.startsWith('*'))
  const [odd, ...others] = served.filter((host) => !certified.includes(host))
  if (!missed || !odd || more.length + others.length > 0 || !isTypo(missed, odd)) return []
  const index = (ingress.spec?.rules ?? []).findIndex((rule: any) => rule.host === odd)
  const says = `Ingress ${ingress.metadata.namespace}/${ingress.metadata.name} serves ${odd}, and its certificate is for ${missed}`
  return [{ ...ingressFault(ingress, `spec.rules[${index}].host`, says, 0.82, [odd], missed), tentative: true }]
}

/** As many labels, and few letters apart. */
const isTypo = (a: string, b: string): boolean => a.split('.').length === b.split('.').length && distance(a, b, 2) <= 2

/** A field of an Ingress that is wrong by itself. */
export function ingressFault(
  ingress: KubeObject,
  field: string,
  summary: string,
  directness: number,
  tokens: string[],
  meant: unknown,
): Seen {
  const object = refOf(ingress)
  const fix = meant === undefined ? advise(`Correct ${field}`, summary) : { ...setField(object, field, meant, summary) }
  return {
    on: object,
    failure: 'entry',
    severity: 'critical',
    summary,
    evidence: [fromObject(ingress, `${field} = ${tokens[0] ?? ''}`)],
    cause: { object, field },
    directness,
    tokens,
    recommendations: [fix],
  }
}
