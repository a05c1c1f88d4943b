import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { entry, podSpecOf } from '../../snapshot/field-path.ts'
import { containersIn } from '../../snapshot/hosts.ts'
import { failingProvisioners } from '../../snapshot/provisioners.ts'
import { settingSaid } from '../../snapshot/said-settings.ts'
import { settingsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CLOUD_IDENTITY } from '../../snapshot/well-known.ts'
import { byKey } from '../customs/custom-field-named.ts'
import { usedUp } from '../customs/custom-limit.ts'
import { placeOf } from '../logs/log-rule.ts'
import { inspect } from '../recommend.ts'
import type { Place, Rule, Seen } from '../rule.ts'

export const nodeProvisioner: Rule = {
  id: 'node-provisioner',
  title: 'Who should bring nodes cannot',
  means:
    'The cluster autoscaler, Karpenter or their kin tries to add a node for pods that wait, and the cloud refuses: rights, a quota, a wrong name.',
  looksAt:
    'The logs of programs whose images are known to bring nodes, while pods wait for room, and the custom resources that their lines name.',
  mend: 'Give it the right that it lacks, raise the quota, or correct the setting that the line names.',
  look: (snapshot) =>
    [...failingProvisioners(snapshot)].flatMap(([workload, said]) => (said ? [failing(snapshot, workload, said.line, said.ref)] : [])),
}

const DENIED =
  /AccessDenied|not authori[sz]ed|UnauthorizedOperation|AuthFailure|Forbidden|\b403\b|permission|credentials?|InvalidClientTokenId|ExpiredToken/i

function failing(snapshot: Snapshot, workload: KubeObject, line: string, ref: string): Seen {
  const object = refOf(workload)
  const account = snapshot.get('ServiceAccount', object.namespace, podSpecOf(workload)?.serviceAccountName ?? 'default')
  const identity = CLOUD_IDENTITY.find((key) => account?.metadata.annotations?.[key])
  const said = containersIn(workload)
    .map((c) => settingSaid(settingsOf(snapshot, workload, c), line, [object.name, object.namespace ?? '', c]))
    .find((s) => s !== undefined)
  const denied: Place | null =
    DENIED.test(line) && account ? { object: refOf(account), field: identity ? entry('metadata.annotations', identity) : null } : null
  const named = denied ? null : customNamed(snapshot, line)
  return {
    on: object,
    failure: 'configuration',
    severity: 'critical',
    summary: `${objectText(object)} cannot bring a node: ${line.trim().slice(0, 250)}`,
    evidence: [{ source: 'log', ref, text: line.trim() }],
    cause: denied ?? named ?? (said ? placeOf(said) : { object, field: null }),
    directness: named?.field ? 0.84 : denied || said || named ? 0.7 : 0.5,
    open: !denied && !said && !named,
    lines: [line],
    tentative: true,
    alternatives: denied && said ? [{ ...placeOf(said), summary: 'The line names it' }] : [],
    recommendations: [
      inspect('Read its log', line.trim().slice(0, 200), `kubectl logs -n ${object.namespace} deployment/${object.name} --tail=50`),
    ],
  }
}

const OF_LIMITS = /limit|exceed|quota|\bmax/i

/** The custom resource that the line names with its kind, and what of it: the limit that it has used up, or the field that the line calls. */
function customNamed(snapshot: Snapshot, line: string): Place | null {
  const text = line.replaceAll('\\"', '"')
  const named = snapshot.customs.filter(({ kind, metadata: { name } }) =>
    new RegExp(`\\b${kind}s?["']?[:=/ ]*(?:\\{"name":)?["'/ ]*${escaped(name)}(?![\\w-])`, 'i').test(text),
  )
  const places = named.map((custom): Place => {
    const field = (OF_LIMITS.test(text) ? usedUp(custom)?.cause.field : null) ?? byKey(custom, text)?.field ?? null
    return { object: refOf(custom), field }
  })
  return places.find((p) => p.field !== null) ?? places[0] ?? null
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
