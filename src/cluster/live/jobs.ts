import { ReadError, type KubeObject } from '../reader.ts'
import { builtin } from '../resources.ts'
import { failure, parse, pathOf, statusIn } from './answer.ts'
import { createApi, type ApiOptions } from './api.ts'
import { loadCredentials, type CredentialOptions } from './credentials.ts'
import { followLog, type LogOf, type LogPiece } from './follow-log.ts'
import { watchResource, type Watch, type WatchOptions } from './watch.ts'
import { createWriter } from './writer.ts'

const JOB = builtin('Job')
const POD = builtin('Pod')
const EVENT = builtin('Event')

/** Hands for Jobs, as one identity. What is refused is thrown as a ReadError, a body that the schema refuses as an InputError. */
export interface Jobs {
  /** For people: `this cluster as ServiceAccount shop/inquest-agent`. */
  readonly title: string
  /** How this identity gets the rights that Jobs in a namespace need. */
  remedy(namespace: string): string
  /** `exists`: there is one of that name already; `gone`: its namespace does not exist or is being deleted. */
  create(job: KubeObject, signal: AbortSignal): Promise<KubeObject | 'exists' | 'gone'>
  get(namespace: string, name: string, signal: AbortSignal): Promise<KubeObject | null>
  /** With its pods. Also when it is not there, or its namespace is not. */
  delete(namespace: string, name: string, signal: AbortSignal): Promise<void>
  watch(what: 'jobs' | 'pods', options: WatchOptions): Watch
  /** What the Job controller complains of, newest last; what may not be read is no complaint. */
  complaints(namespace: string, name: string, signal: AbortSignal): Promise<string[]>
  /** What a container prints, as it comes, until it ends; survives an API server that restarts. Waits for a container that has not started. */
  follow(of: LogOf, onPiece: (piece: LogPiece) => void, signal: AbortSignal): Promise<void>
  close(): void
}

const ofKubeconfig = (namespace: string): string =>
  `Give the kubeconfig's user what the ClusterRole inquest-runner (chart/rbac/runner.yaml) has, in namespace ${namespace}, or use another kubeconfig.`

/** Nothing is asked yet. Watches and logs hold their connections, hence no limit of them. */
export async function openJobs(options: CredentialOptions & ApiOptions = {}, remedy = ofKubeconfig): Promise<Jobs> {
  const credentials = await loadCredentials({ ...options, maxSockets: Infinity })
  const api = createApi(credentials, options)
  const { title } = credentials
  const writer = createWriter(api, title)
  const pathTo = (namespace: string, name: string): string => `${pathOf(JOB, namespace)}/${encodeURIComponent(name)}`
  return {
    title,
    remedy,
    create: (job, signal) => writer.create(JOB, job, signal),
    async get(namespace, name, signal) {
      const answer = await api.get(pathTo(namespace, name), {}, 'application/json', signal)
      if (answer.status === 404 && statusIn(answer)?.details?.name) return null
      return parse(answer, `get jobs.batch ${namespace}/${name}`, title) as KubeObject
    },
    async delete(namespace, name, signal) {
      // What a Job leaves to the server by default is: its pods stay.
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' }
      const answer = await api.write({ method: 'DELETE', path: pathTo(namespace, name), body }, signal)
      if (answer.status > 299 && answer.status !== 404) throw failure(answer, `delete jobs.batch ${namespace}/${name}`, title)
    },
    watch: (what, watchOptions) => watchResource(api, title, what === 'jobs' ? JOB : POD, watchOptions),
    async complaints(namespace, name, signal) {
      const fieldSelector = `involvedObject.kind=Job,involvedObject.name=${name},type=Warning`
      const query = { fieldSelector, limit: '50' }
      const answer = await api.get(pathOf(EVENT, namespace), query, 'application/json', signal)
      if (answer.status === 403) return []
      const { items = [] } = parse(answer, `list events in namespace ${namespace}`, title)
      const at = (event: any): string => String(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp)
      return (items as any[]).sort((a, b) => (at(a) < at(b) ? -1 : 1)).map(({ message }) => String(message))
    },
    follow: (of, onPiece, signal) => followLog(api, title, of, onPiece, signal),
    close: () => api.close(),
  }
}

/** Whether an error says that the identity has no right, and not that something refuses this Job. */
export const isMissingRight = (error: unknown): boolean =>
  error instanceof ReadError && error.reason === 'Forbidden' && /cannot \w+ resource|does not accept the credentials/.test(error.message)
