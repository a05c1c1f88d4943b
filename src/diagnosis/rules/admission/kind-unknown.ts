import { refOf, type KubeObject } from '#cluster'
import { objectText, type ObjectRef } from '#kinds/result'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { linesWith } from '../logs/log-scan.ts'
import { podNames, unreadySince } from '../run/pods.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule } from '../rule.ts'

/** client-go's and controller-runtime's words. */
const UNKNOWN = /no matches for kind "([^"]+)" in (?:version|group) "([^"]+)"/

export const kindUnknown: Rule = {
  id: 'kind-unknown',
  title: 'An operator asks for a kind that the API does not serve',
  means:
    'Its CustomResourceDefinition is not installed, or serves other versions than the operator was built for: after an upgrade of one without the other.',
  looksAt: 'Log lines “no matches for kind”, and the CustomResourceDefinitions.',
  mend: 'Install the CRDs that belong to the operator’s version, or go back to the version that fits them.',
  look: (snapshot) =>
    linesWith(snapshot, UNKNOWN).map(({ workload, view, match, said, isCrashing }) => {
      const [, kind = '', version = ''] = match
      const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : version
      const crd = definitionOf(snapshot, kind, group)
      const served = (crd?.spec?.versions ?? []).filter((v: any) => v.served !== false).map((v: any) => v.name)
      const object: ObjectRef = crd
        ? refOf(crd)
        : { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', namespace: null, name: `${pluralOf(kind)}.${group}` }
      return {
        on: refOf(workload),
        failure: isCrashing ? ('crash' as const) : ('unready' as const),
        container: view.name,
        severity: 'critical' as const,
        summary: `Container ${view.name} of ${objectText(refOf(workload))} asks for ${kind} of ${version}: ${crd ? `its definition serves ${served.join(', ')}` : 'no such kind is installed'}`,
        evidence: [said, ...(crd ? [fromObject(crd, `spec.versions served: ${served.join(', ')}`)] : [])],
        cause: { object, field: crd ? 'spec.versions' : null },
        directness: crd || snapshot.has('CustomResourceDefinition') ? 0.88 : 0.75,
        since: unreadySince([view.pod]),
        pods: podNames([view]),
        recommendations: [
          inspect(
            'See which kinds there are',
            'The operator and its definitions must fit each other.',
            `kubectl api-resources --api-group=${group}`,
          ),
        ],
      }
    }),
}

const definitionOf = (snapshot: Snapshot, kind: string, group: string): KubeObject | undefined =>
  snapshot.all('CustomResourceDefinition').find((c) => c.spec?.group === group && c.spec?.names?.kind === kind)

/** As the generators of CRDs make it. */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase()
  if (/(?:s|x|ch|sh)$/.test(word)) return `${word}es`
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}
