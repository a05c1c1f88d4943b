import { refOf } from '#cluster'
import { podField } from '../../snapshot/field-path.ts'
import { logRule } from './log-rule.ts'
import { isAllowedNow, judgeDenial } from '../admission/rbac.ts'
import { change } from '../recommend.ts'

export const rbacDenied = logRule(
  'rbac-denied',
  {
    title: 'A ServiceAccount lacks a permission',
    means: 'The program calls the Kubernetes API as its ServiceAccount, and RBAC does not allow what it asks.',
    mend: 'Bind a Role with the missing verb to the ServiceAccount, or use the account that has it.',
  },
  ({ hit, group, snapshot }) => {
    const { account = '', namespace = '', verb = '', resource = '', group: api = '', where } = hit.groups
    const scope = where ?? null
    const says = `ServiceAccount ${namespace}/${account} may not ${verb} ${resource}${where ? ` in ${where}` : ''}`
    const own = { object: refOf(group.workload), field: podField(group.workload, 'serviceAccountName') }
    const name = `${account}-${resource.replace(/[^a-z]/g, '-')}`
    const recommendations = [
      change(
        'Allow it',
        `${says}.`,
        where
          ? `kubectl create role ${name} -n ${where} --verb=${verb} --resource=${resource} && kubectl create rolebinding ${name} -n ${where} --role=${name} --serviceaccount=${namespace}:${account}`
          : `kubectl create clusterrole ${name} --verb=${verb} --resource=${resource} && kubectl create clusterrolebinding ${name} --clusterrole=${name} --serviceaccount=${namespace}:${account}`,
        'medium',
      ),
    ]
    const denial = { account, namespace, verb, resource, group: api, scope }
    if (isAllowedNow(snapshot, denial)) return null
    const wrong = judgeDenial(snapshot, denial)
    // A controller that may not read what it watches runs on, and does not do its work.
    const lasting = hit.state === 'well' && hit.repeats > 1 ? { tentative: false } : {}
    if (wrong)
      return {
        ...lasting,
        ...wrong,
        directness: hit.state === 'well' ? wrong.directness - 0.05 : wrong.directness,
        says: `${says}: ${wrong.says}`,
        recommendations,
        alternatives: [{ ...own, summary: 'The workload uses the wrong ServiceAccount' }],
      }
    return { says, cause: own, directness: 0.75, recommendations, tokens: [account] }
  },
)
