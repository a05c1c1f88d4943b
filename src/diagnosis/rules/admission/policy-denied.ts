import { refOf } from '#cluster'
import { deniedField } from './denial.ts'
import { advise, inspect } from '../recommend.ts'
import { refusals } from './refusals.ts'
import type { Rule } from '../rule.ts'

const DENIED = /ValidatingAdmissionPolicy '([^']+)' with binding '([^']+)' denied request: (.+)$/s

export const policyDenied: Rule = {
  id: 'policy-denied',
  title: 'A ValidatingAdmissionPolicy does not allow the pod',
  means: 'The cluster has a rule about pods that this one does not keep; the API server itself refuses it.',
  looksAt: 'FailedCreate events and ReplicaFailure conditions of controllers that lack pods.',
  mend: 'Change what the policy objects to, or exempt the namespace in the policy’s binding.',
  look: (snapshot) =>
    refusals(snapshot).flatMap((refusal) => {
      const [, policy, binding, why = ''] = DENIED.exec(refusal.message) ?? []
      if (!policy) return []
      const { workload } = refusal
      const field = deniedField(workload, why)
      return [
        {
          on: refOf(workload),
          failure: 'admission' as const,
          severity: 'critical' as const,
          summary: `Pods of ${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} are refused by policy ${policy}: ${why.slice(0, 200)}`,
          evidence: [refusal.said],
          cause: { object: refOf(workload), field },
          since: refusal.since,
          directness: field ? 0.85 : 0.75,
          alternatives: [
            {
              object: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', namespace: null, name: policy },
              field: 'spec.validations',
              summary: `Policy ${policy} is stricter than it should be`,
            },
          ],
          recommendations: [
            advise(field ? `Correct ${field}` : 'Change what the policy objects to', why.slice(0, 300)),
            inspect('Read the policy', 'It says whom it binds.', `kubectl get validatingadmissionpolicybinding ${binding} -o yaml`),
          ],
        },
      ]
    }),
}
