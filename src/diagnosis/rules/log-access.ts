import { refOf } from '#cluster'
import { podField } from '../snapshot/field-path.ts'
import { logRule } from './log-rule.ts'
import { change } from './recommend.ts'

export const rbacDenied = logRule(
  'rbac-denied',
  {
    title: 'A ServiceAccount lacks a permission',
    means: 'The program calls the Kubernetes API as its ServiceAccount, and RBAC does not allow what it asks.',
    mend: 'Bind a Role with the missing verb to the ServiceAccount, or use the account that has it.',
  },
  ({ hit, group, snapshot }) => {
    const { account = '', namespace = '', verb = '', resource = '', where } = hit.groups
    const scope = where ?? namespace
    const bindings = snapshot
      .all('RoleBinding', scope)
      .filter((b) =>
        (b['subjects'] ?? []).some((s: any) => s.kind === 'ServiceAccount' && s.name === account && (s.namespace ?? scope) === namespace),
      )
    const role = bindings
      .map((b) => (b['roleRef']?.kind === 'Role' ? snapshot.get('Role', scope, b['roleRef'].name) : undefined))
      .find((r) => r !== undefined)
    const says = `ServiceAccount ${namespace}/${account} may not ${verb} ${resource}${where ? ` in ${where}` : ''}`
    const own = { object: refOf(group.workload), field: podField(group.workload, 'serviceAccountName') }
    const name = `${account}-${resource.replace(/[^a-z]/g, '-')}`
    const recommendations = [
      change(
        'Allow it',
        `${says}.`,
        `kubectl create role ${name} -n ${scope} --verb=${verb} --resource=${resource} && kubectl create rolebinding ${name} -n ${scope} --role=${name} --serviceaccount=${namespace}:${account}`,
        'medium',
      ),
    ]
    if (role)
      return {
        says,
        cause: { object: refOf(role), field: 'rules' },
        directness: 0.85,
        recommendations,
        alternatives: [{ ...own, summary: 'The workload uses the wrong ServiceAccount' }],
      }
    return { says, cause: own, directness: 0.75, recommendations, tokens: [account] }
  },
)
