import { refOf } from '#cluster'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { refusals, type Refusal } from './refusals.ts'
import type { Rule, Seen } from '../rule.ts'
import { ANY } from './refusal-any.ts'
import { NAMESPACE_ENDING, QUOTA_SCOPE, TOLERATIONS } from './refusal-namespace.ts'
import { POD_SECURITY } from './refusal-security.ts'
import { INVALID, LIMIT_RANGE, PRIORITY_CLASS, RUNTIME_CLASS, SERVICE_ACCOUNT, type Way } from './refusal-ways.ts'

const rule = (id: string, title: string, means: string, mend: string, ...ways: Way[]): Rule => ({
  id,
  title,
  means,
  looksAt: 'FailedCreate events and ReplicaFailure conditions of controllers that lack pods.',
  mend,
  look: (snapshot) =>
    refusals(snapshot)
      .map((r) => seen(snapshot, r, ways))
      .filter((s) => s !== null),
})

function seen(snapshot: Snapshot, refusal: Refusal, ways: readonly Way[]): Seen | null {
  for (const way of ways) {
    const match = way.pattern.exec(refusal.message)
    if (!match || (way === ANY && OTHERS.some((other) => other.pattern.test(refusal.message)))) continue
    const { says, cause, directness, tokens = [], mend } = way.tell(match, refusal, snapshot)
    const { workload } = refusal
    return {
      on: refOf(workload),
      failure: 'admission',
      severity: 'critical',
      summary: `Pods of ${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} are refused: ${says}`,
      evidence: [refusal.said],
      cause,
      since: refusal.since,
      directness,
      tokens,
      recommendations: [advise(mend, refusal.message.slice(0, 300))],
    }
  }
  return null
}

const OTHERS: readonly Way[] = [SERVICE_ACCOUNT, LIMIT_RANGE, POD_SECURITY]

export const serviceAccountMissing = rule(
  'service-account-missing',
  'A ServiceAccount does not exist',
  'The pod names a ServiceAccount that is not in its namespace, so the API server refuses it.',
  'Create the ServiceAccount, or correct serviceAccountName.',
  SERVICE_ACCOUNT,
)
export const limitRange = rule(
  'limit-range',
  'A LimitRange does not allow the pod',
  'What a container asks for lies outside of what the namespace allows a container or pod.',
  'Bring the resources within the LimitRange, or change it.',
  LIMIT_RANGE,
)
export const podSecurity = rule(
  'pod-security',
  'Pod Security does not allow the pod',
  'The namespace enforces a Pod Security level that the pod does not keep.',
  'Set the securityContext that the message names, or change the level of the namespace.',
  POD_SECURITY,
)
export const podInvalid = rule(
  'pod-invalid',
  'The API server finds the pod invalid',
  'The pod names a class that does not exist, or a field of it is not allowed.',
  'Correct the field that the message names.',
  NAMESPACE_ENDING,
  PRIORITY_CLASS,
  RUNTIME_CLASS,
  INVALID,
  QUOTA_SCOPE,
  TOLERATIONS,
  ANY,
)
