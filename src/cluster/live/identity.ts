import { InputError } from '#kit/errors'
import type { Problem } from '#kinds/problem'
import { parse, statusIn } from './answer.ts'
import { createApi, type ApiAnswer, type ApiOptions } from './api.ts'
import { loadCredentials, type Bearer, type CredentialOptions } from './credentials.ts'
import { openJobs, type Jobs } from './jobs.ts'
import { openLiveCluster, type LiveReader } from './open.ts'
import { createRights, type Rights, type Wish } from './rights.ts'
import { openWatcher, type Watcher } from './watcher.ts'

/**
 * Eyes and hands that belong to a Workflow and not to the operator: each investigation reads with a short-lived token of its
 * Workflow's ServiceAccount, so that whoever may write a Workflow sees no more than that account may.
 */
export interface Identities {
  /** Throws an InputError with the remedy when the account is not there or the operator may not act as it. Whoever opens it closes it. */
  openReader(namespace: string, serviceAccountName: string): Promise<LiveReader>
  /** The same for watches, with a token that is renewed for as long as they go on. */
  openWatcher(namespace: string, serviceAccountName: string): Promise<Watcher>
  /** Hands for Jobs, with a token that is renewed. */
  openJobs(namespace: string, serviceAccountName: string): Promise<Jobs>
  /**
   * What stands in the way of an investigation as this account; null: nothing. `jobs`: it has run steps. The answer is kept for half a
   * minute: ask as often as is convenient. Throws a ReadError when the API server cannot be asked.
   */
  problem(namespace: string, serviceAccountName: string, wants?: { jobs: boolean }): Promise<IdentityProblem | null>
  close(): Promise<void>
}

/** Ready to stand in a condition: `field` is the Workflow's. */
export interface IdentityProblem extends Problem {
  reason: 'ServiceAccountNotFound' | 'ServiceAccountForbidden' | 'RightsMissing'
  /** Whether an investigation would see nothing at all, or a step of it fail; else it sees less than it might. */
  isBlind: boolean
}

/** The shortest life that the API server grants is ten minutes. */
const LIFE_SECONDS = 600
/** A token with less than this left is not used for new work; a call of kubectl takes 30 s at most. */
const RENEW_BEFORE_MS = 120_000
const PROBLEM_KEPT_MS = 30_000
/** Of accounts that are remembered; a cluster has one or two a namespace. */
const MAX_ACCOUNTS = 10_000
const FIELD = 'spec.serviceAccountName'

const core = (plural: string): Wish['type'] => ({ apiVersion: 'v1', plural })
const apps = (plural: string): Wish['type'] => ({ apiVersion: 'apps/v1', plural })

const JOBS: Wish['type'] = { apiVersion: 'batch/v1', plural: 'jobs' }

/** Without these a common fault cannot be seen. */
const NEEDED: readonly Omit<Wish, 'namespace'>[] = [
  { verb: 'list', type: core('pods') },
  { verb: 'get', type: core('pods'), subresource: 'log', name: 'any' },
  { verb: 'list', type: core('events') },
  { verb: 'list', type: core('services') },
  { verb: 'list', type: core('configmaps') },
  { verb: 'list', type: apps('deployments') },
  { verb: 'list', type: apps('replicasets') },
]

/** Without these no run step can be carried out. */
const NEEDED_FOR_JOBS: readonly Omit<Wish, 'namespace'>[] = [
  ...(['create', 'get', 'list', 'watch', 'delete'] as const).map((verb) => ({ verb, type: JOBS, ...(verb === 'get' && { name: 'any' }) })),
  { verb: 'list', type: core('pods') },
  { verb: 'watch', type: core('pods') },
  { verb: 'get', type: core('pods'), subresource: 'log', name: 'any' },
]

/** Of the cluster that the options name, with the right to make tokens there. Nothing is asked yet. */
export async function openIdentities(options: CredentialOptions & ApiOptions = {}): Promise<Identities> {
  const credentials = await loadCredentials(options)
  const api = createApi(credentials, options)
  const tokens = new Map<string, { token: string; until: number }>()
  const asked = new Map<string, Promise<string>>()
  const problems = new Map<string, { at: number; answer: Promise<IdentityProblem | null> }>()

  async function request(namespace: string, name: string): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: LIFE_SECONDS } }
    const answer = await api.write({ method: 'POST', path, body })
    const refusal = refusalOf(answer, namespace, name)
    if (refusal) throw refusal
    const { status } = parse(answer, `create serviceaccounts/token of ${namespace}/${name}`, credentials.title)
    // By the server's clock, which this process asks for differences only: its own may be wrong.
    const until = Date.parse(status.expirationTimestamp)
    tokens.delete(`${namespace}/${name}`)
    tokens.set(`${namespace}/${name}`, { token: status.token, until })
    trim(tokens)
    return status.token
  }

  async function token(namespace: string, name: string): Promise<string> {
    const key = `${namespace}/${name}`
    const known = tokens.get(key)
    const now = api.now()
    if (known && now && known.until - now.getTime() > RENEW_BEFORE_MS) return known.token
    // Many investigations that begin at once want one token.
    const underWay = asked.get(key)
    if (underWay) return underWay
    const asking = request(namespace, name).finally(() => asked.delete(key))
    asked.set(key, asking)
    return asking
  }

  const bearer = (namespace: string, name: string): Bearer => ({
    who: `ServiceAccount ${namespace}/${name}`,
    token: () => token(namespace, name),
    refused: () => tokens.delete(`${namespace}/${name}`),
  })

  async function look(namespace: string, name: string, jobs: boolean): Promise<IdentityProblem | null> {
    try {
      await token(namespace, name)
    } catch (error) {
      if (!(error instanceof AccountError)) throw error
      return { reason: error.reason, isBlind: true, field: FIELD, message: error.message, remedy: error.remedy }
    }
    const own = await loadCredentials({ ...options, as: bearer(namespace, name) })
    try {
      const rights = createRights(createApi(own, options), own.title)
      const missing = await lacking(rights, NEEDED, namespace)
      // Who may not even look is told so first.
      const hands = jobs && !missing.includes('list pods') ? await lacking(rights, NEEDED_FOR_JOBS, namespace) : []
      if (hands.length > 0) return handsMissing(namespace, name, hands)
      if (missing.length === 0) return null
      const message = `ServiceAccount ${namespace}/${name} may not ${missing.join(', ')}`
      return {
        reason: 'RightsMissing',
        isBlind: missing.includes('list pods'),
        field: FIELD,
        message,
        remedy: bindingRemedy(namespace, name),
      }
    } finally {
      own.close()
    }
  }

  return {
    async openReader(namespace, name) {
      // Asked for now, so that an account that is not there is one clear error and not one a read.
      await token(namespace, name)
      const reader = await openLiveCluster({ ...options, as: bearer(namespace, name) })
      // Prometheus knows no ServiceAccounts: who may list all pods may see all metrics, and else those beside its own pods.
      const everyPod: Wish = { verb: 'list', type: core('pods'), namespace: null }
      return { ...reader, metricsNamespace: async () => ((await reader.rights.may(everyPod)) ? null : namespace) }
    },
    async openWatcher(namespace, name) {
      await token(namespace, name)
      return openWatcher({ ...options, as: bearer(namespace, name) })
    },
    async openJobs(namespace, name) {
      await token(namespace, name)
      return openJobs({ ...options, as: bearer(namespace, name) }, () => jobsRemedy(namespace, name))
    },
    problem(namespace, name, { jobs } = { jobs: false }) {
      const key = `${namespace}/${name}/${jobs}`
      const known = problems.get(key)
      if (known && performance.now() - known.at < PROBLEM_KEPT_MS) return known.answer
      const answer = look(namespace, name, jobs)
      problems.delete(key)
      problems.set(key, { at: performance.now(), answer })
      answer.catch(() => problems.delete(key))
      trim(problems)
      return answer
    },
    close: async () => api.close(),
  }
}

/** The account cannot be used as it is. */
class AccountError extends InputError {
  readonly reason: 'ServiceAccountNotFound' | 'ServiceAccountForbidden'
  constructor(reason: AccountError['reason'], message: string, remedy: string) {
    super(message, { field: FIELD, remedy })
    this.reason = reason
  }
}

function refusalOf(answer: ApiAnswer, namespace: string, name: string): AccountError | null {
  const status = answer.status > 299 ? statusIn(answer) : null
  if (answer.status === 404 && status?.details) {
    const message = `there is no ServiceAccount ${namespace}/${name}`
    const create = `Create it (kubectl create serviceaccount ${name} -n ${namespace}), or name another one. ${bindingRemedy(namespace, name)}`
    return new AccountError('ServiceAccountNotFound', message, create)
  }
  if (answer.status === 403) {
    const said = String(status?.message ?? '').slice(0, 500)
    const message = `Inquest may not act as ServiceAccount ${namespace}/${name}${said ? ` (${said})` : ''}`
    const remedy = `Use inquest-agent, or let Inquest \`create\` \`serviceaccounts/token\` of the name ${name} by a Role in namespace ${namespace}.`
    return new AccountError('ServiceAccountForbidden', message, remedy)
  }
  return null
}

const bindingRemedy = (namespace: string, name: string): string =>
  `Let it read: kubectl create rolebinding ${name} -n ${namespace} --clusterrole=inquest-agent --serviceaccount=${namespace}:${name}.`

async function lacking(rights: Rights, wishes: readonly Omit<Wish, 'namespace'>[], namespace: string): Promise<string[]> {
  const may = await Promise.all(wishes.map((wish) => rights.may({ ...wish, namespace })))
  return wishes
    .filter((_, i) => !may[i])
    .map(({ verb, type, subresource }) => `${verb} ${type.plural}${subresource ? `/${subresource}` : ''}`)
}

function handsMissing(namespace: string, name: string, missing: readonly string[]): IdentityProblem {
  const message = `the Workflow has run steps, and ServiceAccount ${namespace}/${name} may not ${missing.join(', ')}`
  return { reason: 'RightsMissing', isBlind: true, field: FIELD, message, remedy: jobsRemedy(namespace, name) }
}

/** How an account gets the hands that run steps need. */
const jobsRemedy = (namespace: string, name: string): string =>
  `Let it run Jobs: kubectl create rolebinding ${name}-runner -n ${namespace} --clusterrole=inquest-runner --serviceaccount=${namespace}:${name}.`

/** Maps keep the order of insertion: the first is the oldest. */
function trim(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= MAX_ACCOUNTS) return
    map.delete(key)
  }
}
