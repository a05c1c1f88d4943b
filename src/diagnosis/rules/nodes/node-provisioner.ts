import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { entry, podSpecOf } from '../../snapshot/field-path.ts'
import { containersIn } from '../../snapshot/hosts.ts'
import { failingProvisioners } from '../../snapshot/provisioners.ts'
import { settingSaid } from '../../snapshot/said-settings.ts'
import { settingsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CLOUD_IDENTITY } from '../../snapshot/well-known.ts'
import { placeOf } from '../logs/log-rule.ts'
import { inspect } from '../recommend.ts'
import type { Place, Rule, Seen } from '../rule.ts'

export const nodeProvisioner: Rule = {
  id: 'node-provisioner',
  title: 'Who should bring nodes cannot',
  means:
    'The cluster autoscaler, Karpenter or their kin tries to add a node for pods that wait, and the cloud refuses: rights, a quota, a wrong name.',
  looksAt: 'The logs of programs whose images are known to bring nodes, while pods wait for room.',
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
  return {
    on: object,
    failure: 'configuration',
    severity: 'critical',
    summary: `${objectText(object)} cannot bring a node: ${line.trim().slice(0, 250)}`,
    evidence: [{ source: 'log', ref, text: line.trim() }],
    cause: denied ?? (said ? placeOf(said) : { object, field: null }),
    directness: denied || said ? 0.7 : 0.5,
    open: !denied && !said,
    lines: [line],
    tentative: true,
    alternatives: denied && said ? [{ ...placeOf(said), summary: 'The line names it' }] : [],
    recommendations: [
      inspect('Read its log', line.trim().slice(0, 200), `kubectl logs -n ${object.namespace} deployment/${object.name} --tail=50`),
    ],
  }
}
