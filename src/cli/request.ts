import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { ClusterClient, KubeObject, ResourceType, Visitor } from '#cluster'
import { parseDuration } from '#kit/duration'
import { errorText, InputError, inputErrorText } from '#kit/errors'
import { investigationName, newId } from '#kit/ids'
import { API_VERSION } from '#kinds/meta'
import { InvestigationDetail } from '#server'
import { clientOfVisitor, openVisitorOf, type ApiClient, type ApiOptions } from './api-client.ts'
import type { Io } from './io.ts'
import { createProgress } from './progress.ts'
import { watchInvestigation } from './show-investigation.ts'
import { parseTarget } from './target.ts'

export interface RequestOptions extends ApiOptions {
  namespace?: string
  workflow?: string
  /** KEY=VALUE */
  param: string[]
  wait: boolean
  timeout: string
  output: string
}

const resource = (kind: string, plural: string): ResourceType => ({ apiVersion: API_VERSION, kind, plural, namespaced: true })
const INVESTIGATION = resource('Investigation', 'investigations')
const WORKFLOW = resource('Workflow', 'workflows')
const DONE = new Set(['Succeeded', 'Failed', 'Cancelled'])
const POLL_MS = 500
/** So long nobody is asked whether Inquest runs at all. */
const PATIENCE_MS = 10_000

/**
 * `kubectl inquest investigate`: creates an Investigation as the kubeconfig's user and follows it. What happens is read at
 * Inquest's API; whoever may not go there sees what the object says.
 */
export async function requestInvestigation(targetText: string | undefined, options: RequestOptions, io: Io): Promise<void> {
  const timeout = AbortSignal.timeout(parseDuration(options.timeout))
  const signal = AbortSignal.any([io.signal, timeout])
  const params = paramsOf(options.param)
  const visitor = await openVisitorOf(options)
  const { openClusterClient } = await import('#cluster')
  const { kubeconfig, context } = options
  const client = await openClusterClient({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) })
  const namespace = options.namespace ?? visitor.namespace
  try {
    const target = targetText === undefined ? { apiVersion: 'v1', kind: 'Namespace', name: namespace } : targetOf(targetText, namespace)
    const workflow = await workflowOf(namespace, visitor, options)
    const name = investigationName(targetText ?? namespace, newId())
    const spec = { workflowRef: { name: workflow }, target, ...(Object.keys(params).length > 0 ? { params } : {}) }
    const made = await client.create(
      INVESTIGATION,
      { apiVersion: API_VERSION, kind: 'Investigation', metadata: { namespace, name }, spec },
      signal,
    )
    if (made === 'gone') throw new InputError(`there is no namespace ${namespace}, or it is being deleted`, { field: '--namespace' })
    if (made === 'exists') throw new Error(`there is an Investigation ${namespace}/${name} already`)
    if (!options.wait) return io.out(`${name}\n`)
    io.err(`investigation.${API_VERSION.split('/')[0]}/${name} created\n`)
    try {
      await follow(client, clientOfVisitor(visitor, options, io), { namespace, name, output: options.output }, { ...io, signal })
    } catch (error) {
      if (!signal.aborted) throw error
      const how = `Follow it: kubectl inquest get investigation ${name} -n ${namespace} --watch. End it: kubectl delete investigation ${name} -n ${namespace}.`
      if (io.signal.aborted) io.err(`It goes on. ${how}\n`)
      throw timeout.aborted ? new Error(`${namespace}/${name} has not ended within ${options.timeout}. ${how}`) : error
    }
  } finally {
    visitor.close()
    await client.close()
  }
}

/** From taken to ended. An end without success is an error, after all that is known was printed. */
async function follow(
  client: ClusterClient,
  api: ApiClient,
  one: { namespace: string; name: string; output: string },
  io: Io,
): Promise<void> {
  const { namespace, name, output } = one
  await untilPhase(client, one, io, () => true)
  const path = `/investigations/${namespace}/${name}`
  const why = await api.get(path, InvestigationDetail).then(
    () => null,
    (error: unknown) => {
      io.signal.throwIfAborted()
      return error instanceof InputError ? inputErrorText(error) : errorText(error)
    },
  )
  if (why === null) await watchInvestigation(api, path, output, io)
  else io.err(`Its steps cannot be shown, only its end: ${why}\n`)
  const object = await untilPhase(client, one, io, (phase) => DONE.has(phase))
  if (why !== null) io.out(objectText(object, output))
  if (object.status.phase !== 'Succeeded') throw new Error(`${namespace}/${name}: ${object.status.phase}${reasonOf(object)}`)
}

/** The object once its phase is as wanted. */
async function untilPhase(
  client: ClusterClient,
  { namespace, name }: { namespace: string; name: string },
  io: Io,
  isWanted: (phase: string) => boolean,
): Promise<KubeObject> {
  const progress = createProgress(io)
  try {
    for (let waited = 0; ; waited += POLL_MS) {
      const object = await client.get(INVESTIGATION, namespace, name, io.signal)
      if (!object) throw new Error(`${namespace}/${name} was deleted, which cancels it`)
      const phase = object.status?.phase
      if (phase !== undefined && isWanted(phase)) return object
      progress.status(phase ?? 'waiting for Inquest to take it')
      if (phase === undefined && waited === PATIENCE_MS) progress.line(refusalOf(object) ?? NOT_TAKEN)
      await sleep(POLL_MS, undefined, { signal: io.signal })
    }
  } finally {
    progress.done()
  }
}

const NOT_TAKEN = 'Inquest has not taken it yet. Does it run, and does it watch this namespace? It will be taken when it does.'
/** Why it does not start, as far as the operator has said so. */
function refusalOf(object: KubeObject): string | undefined {
  const conditions: { type?: string; status?: string; message?: string }[] = object.status?.conditions ?? []
  return conditions.find(({ type, status }) => type === 'Accepted' && status === 'False')?.message
}

/** What the object says of the end, where the API could not be asked. */
function objectText(object: KubeObject, output: string): string {
  if (output === 'json') return `${JSON.stringify(object, null, 2)}\n`
  if (output === 'yaml') return stringify(object)
  const { phase, rootCause, confidencePercent, costUSD, link } = object.status ?? {}
  const lines = [
    `${object.metadata.namespace}/${object.metadata.name}: ${phase}${reasonOf(object)}`,
    rootCause && `Root cause: ${rootCause}`,
    confidencePercent !== undefined && `Confidence: ${confidencePercent} %`,
    costUSD && `Cost: ${costUSD} USD`,
    link && `In full: ${link}`,
  ]
  return `${lines.filter(Boolean).join('\n')}\n`
}

function reasonOf(object: KubeObject): string {
  const condition = (object.status?.conditions ?? []).find(({ type }: { type?: string }) => type === 'Succeeded')
  return condition ? ` (${[condition.reason, condition.message].filter(Boolean).join(': ')})` : ''
}

function targetOf(text: string, namespace: string): object {
  const { namespace: own, ...target } = parseTarget(text, namespace)
  return own === null ? target : { ...target, namespace: own }
}

function paramsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw new InputError(`"${pair}" is not KEY=VALUE`, { field: '--param', remedy: 'Write it like --param team=payments.' })
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

/** The one that is named, or the only one. Whoever may create Investigations and see no Workflow has the named one taken for granted. */
async function workflowOf(namespace: string, visitor: Visitor, { kubeconfig, context, workflow }: RequestOptions): Promise<string> {
  const { openLiveCluster, ReadError } = await import('#cluster')
  const reader = await openLiveCluster({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) })
  try {
    const names = (await reader.list(WORKFLOW, { namespace })).map(({ metadata }) => metadata.name)
    if (workflow === undefined ? names.length === 1 : names.includes(workflow)) return workflow ?? names[0]!
    const field = '--workflow'
    if (names.length === 0)
      throw new InputError(`there is no Workflow in namespace ${namespace}`, { field, remedy: 'Apply one, or name its namespace with -n.' })
    const wrong = workflow === undefined ? `there are ${names.length} Workflows` : `there is no Workflow ${workflow}`
    throw new InputError(`${wrong} in namespace ${namespace}`, {
      field,
      remedy: `Name one: ${names.slice(0, 20).join(', ')}.`,
    })
  } catch (error) {
    if (workflow !== undefined && error instanceof ReadError && error.reason === 'Forbidden') return workflow
    if (!(error instanceof ReadError) || error.reason !== 'NoSuchResource') throw error
    const remedy = 'Install it (docs/install.md), or name another context.'
    throw new InputError(`Inquest's kinds are not installed in ${visitor.title}`, { field: '--context', remedy })
  } finally {
    await reader.close()
  }
}
