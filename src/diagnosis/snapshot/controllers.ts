import { groupOf, type KubeObject } from '#cluster'
import { podSpecOf } from './field-path.ts'
import type { Snapshot } from './snapshot.ts'

/** A kind as RBAC names it. */
export interface Handled {
  group: string
  /** Plural, or the kind in lower case where the plural is not known. */
  resource: string
}

/** A ServiceAccount. */
export interface Account {
  namespace: string
  name: string
}

/**
 * Who acts on a kind: the accounts that may write its status or finalizers, which nobody else has reason to. A role for everything (`*`) tells
 * nothing.
 */
export function accountsFor(snapshot: Snapshot, { group, resource }: Handled): Account[] {
  const stem = resource.toLowerCase().replace(/(?:ies|es|s|y)$/, '')
  const isMeant = (name: unknown): boolean => typeof name === 'string' && name.startsWith(stem) && /\/(?:status|finalizers)$/.test(name)
  const handles = (role: KubeObject | undefined): boolean =>
    (role?.['rules'] ?? []).some(
      (rule: any) =>
        (rule.apiGroups ?? []).includes(group) &&
        (rule.resources ?? []).some(isMeant) &&
        (rule.verbs ?? []).some((verb: unknown) => verb === 'update' || verb === 'patch' || verb === '*'),
    )
  const bindings = [...snapshot.all('ClusterRoleBinding'), ...snapshot.all('RoleBinding')]
  const found = new Map<string, Account>()
  for (const binding of bindings) {
    const { kind, name } = binding['roleRef'] ?? {}
    const role = kind === 'Role' ? snapshot.get('Role', binding.metadata.namespace ?? null, name) : snapshot.get('ClusterRole', null, name)
    if (!handles(role)) continue
    for (const subject of binding['subjects'] ?? []) {
      const namespace = subject.namespace ?? binding.metadata.namespace
      if (subject.kind === 'ServiceAccount' && namespace) found.set(`${namespace}/${subject.name}`, { namespace, name: subject.name })
    }
  }
  return [...found.values()].sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1))
}

/** Workloads that run under one of the accounts. */
export function runningAs(snapshot: Snapshot, accounts: readonly Account[]): KubeObject[] {
  const names = new Set(accounts.map((a) => `${a.namespace}/${a.name}`))
  return names.size === 0
    ? []
    : snapshot.workloads.filter((w) => names.has(`${w.metadata.namespace}/${podSpecOf(w)?.serviceAccountName ?? 'default'}`))
}

/** Workloads that act on a kind, as far as their namespaces were read. */
export const controllersOf = (snapshot: Snapshot, handled: Handled): KubeObject[] => runningAs(snapshot, accountsFor(snapshot, handled))

/** Workloads that act on a custom resource. */
export const operatorsOf = (snapshot: Snapshot, { apiVersion, kind }: KubeObject): readonly KubeObject[] =>
  snapshot.once(`operators of ${groupOf(apiVersion)}/${kind}`, () =>
    controllersOf(snapshot, { group: groupOf(apiVersion), resource: kind.toLowerCase() }),
  )
