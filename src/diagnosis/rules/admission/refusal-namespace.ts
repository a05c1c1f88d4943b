import { podField } from '../../snapshot/field-path.ts'
import { inWorkload, type Way } from './refusal-ways.ts'

/** What the namespace has not, or does not allow. */
export const NAMESPACE_ENDING: Way = {
  pattern: /unable to create new content in namespace (\S+) because it is being terminated/,
  tell: ([, name]) => ({
    says: `namespace ${name} is being deleted`,
    cause: { object: { apiVersion: 'v1', kind: 'Namespace', namespace: null, name: name! }, field: null },
    directness: 0.9,
    mend: 'Wait until the namespace is gone, then make it anew',
  }),
}

/** A quota that counts only pods of a kind must be there for them to be allowed at all. */
export const QUOTA_SCOPE: Way = {
  pattern: /insufficient quota to match these scopes: (\[.+\])/,
  tell: ([, scopes = ''], { workload }) => ({
    says: `its namespace has no quota for pods of the scope ${scopes}`,
    cause: inWorkload(workload, podField(workload, scopes.includes('PriorityClass') ? 'priorityClassName' : 'containers')),
    directness: 0.85,
    tokens: [/In \[([^\]\s]+)/.exec(scopes)?.[1] ?? ''].filter(Boolean),
    mend: 'Make a ResourceQuota with that scope in the namespace, or take another priority',
  }),
}

export const TOLERATIONS: Way = {
  pattern: /pod tolerations .*conflict with its namespace/,
  tell: (_, { workload }) => ({
    says: 'its namespace does not allow its tolerations',
    cause: inWorkload(workload, podField(workload, 'tolerations')),
    directness: 0.85,
    mend: 'Take out the toleration, or allow it in the annotation of the namespace',
  }),
}
