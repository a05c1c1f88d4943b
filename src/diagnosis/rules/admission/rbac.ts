import { refOf, type KubeObject } from '#cluster'
import { nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Place } from '../rule.ts'

/** What a ServiceAccount was not allowed to do. `scope`: the namespace; null for the whole cluster. */
export interface Denial {
  account: string
  namespace: string
  verb: string
  resource: string
  group: string
  scope: string | null
}

/** Reads the API server's own words, wherever they turn up; quotes may be escaped. */
export function denialIn(text: string): Denial | null {
  const found =
    /is forbidden: User "system:serviceaccount:([^:"]+):([^"]+)" cannot (\w+) resource "([^"]+)"(?: in API group "([^"]*)")?(?:.{0,20}?in the namespace "([^"]+)")?/.exec(
      text.replaceAll('\\"', '"'),
    )
  if (!found) return null
  const [, namespace = '', account = '', verb = '', resource = '', group = '', where] = found
  return { account, namespace, verb, resource, group, scope: where ?? null }
}

/** Whether it was mended since: what is bound now allows it. */
export function isAllowedNow(snapshot: Snapshot, denial: Denial): boolean {
  const { account, namespace, scope } = denial
  const bindings = [...(scope === null ? [] : snapshot.all('RoleBinding', scope)), ...snapshot.all('ClusterRoleBinding')]
  return bindings.some(
    (b) =>
      subjects(b).some((s) => isAccount(s, b, account, namespace)) &&
      rules(roleOf(snapshot, b) ?? undefined).some((r) => allows(r, denial)),
  )
}

/** Which object of RBAC is wrong; null: nothing is bound that was meant to allow it. */
export function judgeDenial(snapshot: Snapshot, denial: Denial): { says: string; cause: Place; directness: number } | null {
  const { account, namespace, scope } = denial
  const bindings = [...(scope === null ? [] : snapshot.all('RoleBinding', scope)), ...snapshot.all('ClusterRoleBinding')]
  const own = bindings.filter((b) => subjects(b).some((s) => isAccount(s, b, account, namespace)))
  for (const binding of own) {
    const role = roleOf(snapshot, binding)
    if (role === null)
      return {
        says: `${binding.kind} ${binding.metadata.name} names ${binding['roleRef']?.kind} ${binding['roleRef']?.name}, which does not exist`,
        cause: { object: refOf(binding), field: 'roleRef.name' },
        directness: 0.9,
      }
  }
  // Of several roles the one that speaks of the resource was meant to allow it.
  const roles = own.map((b) => roleOf(snapshot, b)).filter((r): r is KubeObject => r !== null && r !== undefined && !isBuiltIn(r))
  const speaks = (test: (rule: any) => boolean): KubeObject | undefined => roles.find((r) => rules(r).some(test))
  const meant =
    speaks((rule) => covers(rule.resources, denial.resource)) ?? speaks((rule) => covers(rule.apiGroups, denial.group)) ?? roles[0]
  if (meant)
    return {
      says: `${meant.kind} ${meant.metadata.name} does not allow it`,
      cause: { object: refOf(meant), field: 'rules' },
      directness: 0.87,
    }

  const candidates = bindings.filter((b) => rules(roleOf(snapshot, b) ?? undefined).some((rule) => allows(rule, denial)))
  for (const binding of candidates) {
    const near = subjects(binding).find((s) => s.kind === 'ServiceAccount' && isNear(s, denial))
    if (near)
      return {
        says: `${binding.kind} ${binding.metadata.name} would allow it, but to ServiceAccount ${near.namespace ?? scope}/${near.name}`,
        cause: { object: refOf(binding), field: 'subjects' },
        directness: 0.88,
      }
  }
  return null
}

/** Every account is bound to some of the roles that a cluster is born with, and nobody edits them: the API server would mend them. */
const isBuiltIn = ({ metadata }: KubeObject): boolean => metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults'

/** Roles that are bound to an account, those for the whole cluster first. */
export const rolesOf = (snapshot: Snapshot, { namespace, name }: { namespace: string; name: string }): KubeObject[] =>
  [...snapshot.all('ClusterRoleBinding'), ...snapshot.all('RoleBinding', namespace)]
    .filter((b) => subjects(b).some((s) => isAccount(s, b, name, namespace)))
    .map((b) => roleOf(snapshot, b))
    .filter((r) => r !== null && r !== undefined)

const subjects = (binding: KubeObject): any[] => binding['subjects'] ?? []
const rules = (role: KubeObject | undefined): any[] => role?.['rules'] ?? []
const covers = (list: unknown, one: string): boolean => Array.isArray(list) && (list.includes('*') || list.includes(one))
const allows = (rule: any, { verb, resource, group }: Denial): boolean =>
  covers(rule.verbs, verb) && covers(rule.resources, resource) && covers(rule.apiGroups, group) && !rule.resourceNames?.length

/** Groups hold all accounts of a namespace, or all there are. */
function isAccount(subject: any, binding: KubeObject, account: string, namespace: string): boolean {
  if (subject.kind === 'ServiceAccount') return subject.name === account && (subject.namespace ?? binding.metadata.namespace) === namespace
  if (subject.kind === 'User') return subject.name === `system:serviceaccount:${namespace}:${account}`
  return subject.name === 'system:serviceaccounts' || subject.name === `system:serviceaccounts:${namespace}`
}

const isNear = (subject: any, { account, namespace }: Denial): boolean =>
  (subject.name === account && subject.namespace !== namespace) ||
  (subject.namespace === namespace && nearest(account, [subject.name]) !== undefined)

/** null: known not to exist. */
function roleOf(snapshot: Snapshot, binding: KubeObject): KubeObject | null | undefined {
  const { kind, name } = binding['roleRef'] ?? {}
  return kind === 'Role' ? snapshot.find('Role', binding.metadata.namespace ?? null, name) : snapshot.find('ClusterRole', null, name)
}
