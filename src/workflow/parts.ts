import type { Kubectl, ModelChain, OpenTools } from '#agent'
import type { ClusterReader, Jobs } from '#cluster'
import type { Diagnose } from '#diagnosis'
import type { Clock } from '#kit/clock'
import type { Logger } from '#kit/log'
import type { SecretKeyRef } from '#kinds/meta'
import type { Model } from '#kinds/model'
import type { Registry } from '#kinds/registry'
import type { Sink } from '#kinds/sink'
import type { AgentToolName } from '#kinds/workflow'
import type { SinkDriver } from '#sinks'
import type { Artifacts, Database, Runs } from '#store'
import type { Lifecycle } from './durable-step.ts'

/** What main gives the engine. */
export interface EngineOptions {
  database: Database
  runs: Runs
  artifacts: Artifacts
  /** Filled by its feeder before the engine starts: a Workflow that is not in it makes investigations fail. */
  registry: Registry
  diagnose: Diagnose
  /** Eyes on the cluster as this ServiceAccount; the engine closes it. */
  openReader(namespace: string, serviceAccountName: string): Promise<ClusterReader>
  agents: Agents
  /** For kubectl steps: the program with the identity of this ServiceAccount, or why there is none. Throws what stands between it and the cluster. */
  openKubectl(request: KubectlRequest): Promise<OpenedKubectl | { why: string }>
  runners: Runners
  /** For how many milliseconds the cluster has not answered this process at all; 0: it does. Default: it always does. */
  silentMs?(): number
  /** Throws an InputError when the Sink cannot be used as it is. */
  makeSink(sink: Sink): SinkDriver
  /** Where people see an investigation; null when there is no public address. */
  link(investigation: { namespace: string; name: string; id: string }): string | null
  clock: Clock
  log: Logger
  /** New at every start of a process. */
  executorId: string
  hostname: string
  limits?: Partial<Limits>
  /** The step names' version; only tests of an upgrade give another one. */
  version?: string
  /** Others took this process for dead: it must exit at once. */
  onFatal(error: Error): void
}

/** What agent steps need of the process. */
export interface Agents {
  /** Whom a Workflow's agent asks; without a `model` the server's own, and nobody when it has none. */
  models(namespace: string, model: Model | undefined): Promise<ModelChain>
  /** Hands for an agent, with the eyes of this ServiceAccount. */
  tools(request: ToolRequest, signal: AbortSignal): Promise<OpenedTools>
}

/** What run steps need of the process. */
export interface Runners {
  /** Hands for Jobs as this ServiceAccount. Throws an InputError where there are none. */
  jobs(namespace: string, serviceAccountName: string): Promise<Jobs>
  /** Absolute paths of programs that may be started in this process's own machine; only a Workflow of a folder gets so far. */
  allowedCommands: readonly string[]
  /** A Secret of a Workflow's namespace, for the environment of such a program. */
  secret(namespace: string, ref: SecretKeyRef): Promise<string>
}

export interface ToolRequest {
  namespace: string
  serviceAccountName: string
  /** null: whatever there is; one that is not there is then not missing. */
  wanted: readonly AgentToolName[] | null
  /** RFC 3339; null without an alert. */
  alertStartsAt: string | null
}

export interface KubectlRequest {
  namespace: string
  serviceAccountName: string
  /** Of one call. */
  timeoutMs: number
  /** How long `text` may be. */
  textChars: number
}

export type OpenedKubectl = Kubectl & { close(): Promise<void> }

export type OpenedTools = OpenTools & { close(): Promise<void> }

/** All times in milliseconds. */
export interface Limits {
  /** Investigations at a time in this process. */
  concurrency: number
  /** Messages on their way at a time in this process; most of them wait for a retry. */
  deliveries: number
  /** Sign of life. */
  heartbeatMs: number
  /** Without a sign of life for so long, a process is dead and its runs are taken over. */
  leaseMs: number
  /** How often the starter and the sweeper look without being poked. */
  sweepMs: number
  /** How often a process looks for work in the queues. */
  queuePollMs: number
  /** How long the engine's records of finished runs are kept. */
  keepRunsMs: number
  /** How often the older ones are deleted. */
  forgetEveryMs: number
  /** How long an investigation may wait for its start. */
  maxQueueMs: number
  /** How long after its deadline an investigation is ended from outside. */
  overdueGraceMs: number
  /** How long a new incident waits for a Workflow that is not there. */
  missingWorkflowGraceMs: number
  /** Waits between the tries of a delivery. */
  deliveryRetryMs: number
}

export const LIMITS: Limits = {
  concurrency: 10,
  deliveries: 100,
  // A killed process's work goes on after at most the lease and a sweep: 9 s.
  heartbeatMs: 2_000,
  leaseMs: 7_000,
  sweepMs: 2_000,
  queuePollMs: 250,
  keepRunsMs: 24 * 3_600_000,
  forgetEveryMs: 3_600_000,
  maxQueueMs: 3_600_000,
  overdueGraceMs: 60_000,
  missingWorkflowGraceMs: 60_000,
  deliveryRetryMs: 5_000,
}

/** What a run is given: the options, completed. `runs` waits out an outage of the database. */
export interface Parts extends Omit<EngineOptions, 'limits' | 'version' | 'silentMs'> {
  silentMs(): number
  limits: Limits
  version: string
  life: Lifecycle
}

/** Kinds of durable runs; each has a queue of its own, so that a dead sink does not hold up investigations. */
export const INVESTIGATE = 'investigate'
export const DELIVER = 'deliver'

/** The id of a durable run: `<investigation id or delivery key>/<attempt>`. */
export const runId = (of: string, attempt: number): string => `${of}/${attempt}`

export function parseRunId(id: string): { of: string; attempt: number } {
  const at = id.lastIndexOf('/')
  return { of: id.slice(0, at), attempt: Number(id.slice(at + 1)) }
}
