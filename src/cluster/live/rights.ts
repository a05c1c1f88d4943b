import { groupOf, ReadError, resourceName, versionOf, type ClusterReader, type ResourceType } from '../reader.ts'
import { parse } from './answer.ts'
import type { Api } from './api.ts'

/** One thing that an identity may want to do. */
export interface Wish {
  verb: 'get' | 'list' | 'watch' | 'create' | 'delete'
  type: Pick<ResourceType, 'apiVersion' | 'plural'>
  /** null: in all namespaces, or of a type without namespaces. */
  namespace: string | null
  /** Absent: all of them. */
  name?: string
  /** `log` of pods. */
  subresource?: string
}

/** What the identity of a connection may do, as the API server says. */
export interface Rights {
  /** True also where the server does not know all of its rules (a webhook decides): then only asking tells. Throws a ReadError. */
  may(wish: Wish): Promise<boolean>
}

/** A rule of a SelfSubjectRulesReview. */
interface Rule {
  verbs?: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
}

/**
 * Looks before it leaps: one request tells what may be read in a namespace, instead of a refusal for each kind. Refusals are what
 * security people watch in an audit log, and a diagnosis follows calls into namespaces that it may know nothing of.
 * What was told is kept for as long as the connection, which is one investigation's.
 */
export function createRights(api: Api, title: string): Rights {
  const rules = new Map<string, Promise<{ list: Rule[]; all: boolean }>>()
  const answers = new Map<string, Promise<boolean>>()
  const review = async (kind: 'selfsubjectrulesreviews' | 'selfsubjectaccessreviews', spec: object): Promise<any> => {
    const path = `/apis/authorization.k8s.io/v1/${kind}`
    return parse(await api.write({ method: 'POST', path, body: { spec } }), `create ${kind}.authorization.k8s.io`, title).status
  }
  const keptIn = <T>(map: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> => {
    const known = map.get(key)
    if (known) return known
    const asked = ask()
    map.set(key, asked)
    asked.catch(() => map.delete(key))
    return asked
  }

  const inNamespace = (namespace: string) =>
    keptIn(rules, namespace, async () => {
      const { resourceRules = [], incomplete = false } = await review('selfsubjectrulesreviews', { namespace })
      return { list: resourceRules as Rule[], all: !incomplete }
    })
  // The rules of a namespace do not tell which of them hold everywhere.
  const everywhere = (wish: Wish) =>
    keptIn(answers, JSON.stringify(wish), async () => {
      const { verb, type, name, subresource } = wish
      const resource = { group: groupOf(type.apiVersion), version: versionOf(type.apiVersion), resource: type.plural }
      const { allowed } = await review('selfsubjectaccessreviews', { resourceAttributes: { verb, ...resource, name, subresource } })
      return allowed === true
    })

  return {
    async may(wish) {
      if (wish.namespace === null) return everywhere(wish)
      const { list, all } = await inNamespace(wish.namespace)
      return !all || list.some((rule) => allows(rule, wish))
    },
  }
}

/** As RBAC matches: a star for all, also before a subresource; a rule for names says nothing about a list. */
export function allows({ verbs = [], apiGroups = [], resources = [], resourceNames = [] }: Rule, wish: Wish): boolean {
  const { verb, type, name, subresource } = wish
  const group = groupOf(type.apiVersion)
  const full = subresource ? `${type.plural}/${subresource}` : type.plural
  return (
    (verbs.includes('*') || verbs.includes(verb)) &&
    (apiGroups.includes('*') || apiGroups.includes(group)) &&
    (resources.includes('*') || resources.includes(full) || (subresource !== undefined && resources.includes(`*/${subresource}`))) &&
    (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)))
  )
}

/** The same reader, which refuses by itself what the API server would refuse. `who` is for people. */
export function withinRights<R extends ClusterReader>(reader: R, rights: Rights, who: string): R {
  const need = async (wish: Wish): Promise<void> => {
    if (await rights.may(wish)) return
    const what = resourceName(wish.type) + (wish.subresource ? `/${wish.subresource}` : '')
    const where = wish.namespace === null ? 'in the whole cluster' : `in namespace ${wish.namespace}`
    throw new ReadError('Forbidden', `cannot ${wish.verb} ${what} ${where}: ${who} may not`)
  }
  return {
    ...reader,
    async list(type, options) {
      await need({ verb: 'list', type, namespace: type.namespaced ? (options.namespace ?? null) : null })
      return reader.list(type, options)
    },
    async get(type, namespace, name, signal) {
      await need({ verb: 'get', type, namespace: type.namespaced ? namespace : null, name })
      return reader.get(type, namespace, name, signal)
    },
    async logs(request, signal) {
      const { namespace, pod } = request
      await need({ verb: 'get', type: { apiVersion: 'v1', plural: 'pods' }, subresource: 'log', namespace, name: pod })
      return reader.logs(request, signal)
    },
  }
}
