import { setInterval } from 'node:timers'
import { Api, ApiError, type Json, type KubeObject } from '../api.ts'
import type { ControlPlane } from '../start.ts'
import type { Admits } from './admission.ts'
import { behavioursOf, forContainer, type TimedBehaviour } from './behaviours.ts'
import { ConfigCache } from './config-cache.ts'
import { eventObjects } from './events.ts'
import { JobRetries } from './job-retries.ts'
import { logOf } from './logs.ts'
import { missingForEnvironment, missingForVolumes, missingPullSecrets } from './lookup.ts'
import { NodeAgents } from './node-agents.ts'
import { PodMetrics } from './pod-metrics.ts'
import type { NodeSpec, TimedNodeFault } from './nodes.ts'
import { type LookupError, type PodInput, type PodLife, podLife } from './pod-life.ts'
import { changesOfPod, podStatus } from './pod-status.ts'
import { type LogRequest, serveNodes } from './server.ts'

interface Missing {
  place: 'volume' | 'environment'
  /** The volume's or the container's name. */
  subject: string
  message: string
}

/** A pod as the kubelets know it. What was decided once (addresses, pull times, the moment of a fault) stays decided. */
interface Tracked {
  pod: KubeObject
  node: NodeSpec
  startAt: number
  deletedAt: number
  podIP: string
  pulls: Map<string, number | null>
  /** ConfigMaps, Secrets and keys that were not there when it came. */
  missing: (Missing & LookupError)[]
  missingPullSecrets: string[]
  life: PodLife | null
  /** The status that was last written, as text. */
  written: string
}

export interface KubeletOptions {
  nodes: readonly NodeSpec[]
  nodeFaults: ReadonlyMap<string, TimedNodeFault[]>
  /** Of nodes that came later than the cluster. */
  nodeJoins?: ReadonlyMap<string, number>
  /** Of nodes that went before the end. */
  nodeLeaves?: ReadonlyMap<string, number>
  behaviours: readonly TimedBehaviour[]
  /** Up to when lives are computed: the end of the scenario. */
  horizon: number
}

/**
 * The kubelets of all nodes, in virtual time: `sync(now)` writes what real ones would have written by `now`. Everything that a real cluster decides
 * (scheduling, roll-outs, endpoints, Jobs) is decided by the real controllers in answer to these statuses.
 */
export class SimulatedKubelet {
  readonly #api: Api
  readonly #cp: ControlPlane
  readonly #options: KubeletOptions
  readonly #pods = new Map<string, Tracked>()
  readonly #gone: Tracked[] = []
  readonly #config: ConfigCache
  readonly #nodes: NodeAgents
  readonly #images = new Set<string>()
  readonly #stopWatching = new AbortController()
  readonly #retries = new JobRetries()
  readonly #metrics: PodMetrics | null
  #addresses = 1
  #now = 0
  #stopServing = async () => {}
  #heartbeat: NodeJS.Timeout | undefined

  constructor(cp: ControlPlane, options: KubeletOptions) {
    this.#cp = cp
    this.#options = options
    this.#api = new Api(cp.url, cp.token, cp.caFile, 'kubelet/v1.36.3 (linux/amd64) kubernetes/')
    this.#config = new ConfigCache(this.#api)
    this.#nodes = new NodeAgents(this.#api, options.nodes, options.nodeFaults, options.nodeJoins, options.nodeLeaves)
    this.#metrics = options.behaviours.some((b) => b.usage) ? new PodMetrics(this.#api) : null
  }

  async start(now: number): Promise<void> {
    this.#now = now
    this.#stopServing = await serveNodes({
      certFile: this.#cp.caFile,
      keyFile: this.#cp.keyFile,
      socket: this.#cp.nodeSocket,
      isUp: (ip) => this.#options.nodes.some((node) => node.ip === ip && !this.#nodes.isDown(node)),
      logs: (request) => this.#logs(request),
      admits: (ip) => this.#admits(ip),
      dir: this.#cp.dir,
    })
    await this.#nodes.start(now)
    await this.#metrics?.install()
    this.#heartbeat = setInterval(() => void this.#nodes.renewLeases().catch(() => {}), 5000)
    void this.#watchPods()
    this.#config.watch(this.#stopWatching.signal)
  }

  /** Writes every status as of `now`; returns whether any pod of a Job came to its end, since the Job controller then takes its time. */
  async sync(now: number): Promise<{ written: number; jobPodEnded: boolean }> {
    this.#now = now
    await this.#nodes.sync(now)
    let written = 0
    let jobPodEnded = false
    const work = [...this.#pods.values()].map(async (tracked) => {
      if (this.#nodes.isDown(tracked.node)) return
      const status = await this.#syncPod(tracked, now)
      if (!status) return
      written++
      const ended = status.phase === 'Succeeded' || status.phase === 'Failed'
      if (ended && tracked.pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job')) jobPodEnded = true
    })
    await Promise.all(work)
    return { written, jobPodEnded }
  }

  /** The next moment at which some status changes by itself; Infinity if nothing will. */
  nextChange(now: number): number {
    let next = this.#nodes.nextChange(now)
    for (const { pod, life, node } of this.#pods.values()) {
      if (!life || this.#nodes.isDown(node)) continue
      const reportAt = this.#retries.reportAt(pod, life, now)
      if (reportAt > now) next = Math.min(next, reportAt)
      else for (const at of changesOfPod(life)) if (at > now && at < next) next = at
    }
    return next
  }

  /** Changes whenever a pod comes or goes. */
  get population(): number {
    return this.#addresses + this.#gone.length
  }

  /** Posts the events of all pods, also of those that are gone, as the API server would still hold them. */
  async postEvents(now: number, ttlMs: number): Promise<void> {
    await this.#nodes.renewLeases()
    const events = [...this.#gone, ...this.#pods.values()].flatMap(({ pod, node, life }) =>
      life ? eventObjects({ ...pod, kind: 'Pod', apiVersion: 'v1' }, life.occurrences, node.name, now) : [],
    )
    const kept = events.filter(({ lastTimestamp }) => Date.parse(lastTimestamp) > now - ttlMs)
    for (let at = 0; at < kept.length; at += 16) {
      await Promise.all(kept.slice(at, at + 16).map((event) => this.#postEvent(event)))
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#heartbeat)
    this.#stopWatching.abort()
    await this.#stopServing()
    await this.#api.close()
  }

  /** No more writes; logs are still served. */
  freeze(): void {
    clearInterval(this.#heartbeat)
    this.#stopWatching.abort()
  }

  async #postEvent(event: Json): Promise<void> {
    const path = `/api/v1/namespaces/${event.metadata.namespace}/events`
    await this.#api.create(path, event).catch((error: unknown) => {
      // Its namespace may be gone by now; an event of before is there already.
      if (!(error instanceof ApiError && [403, 404, 409].includes(error.status))) throw error
    })
  }

  async #syncPod(tracked: Tracked, now: number): Promise<Json | null> {
    const { pod, node } = tracked
    const { name, namespace, deletionTimestamp } = pod.metadata
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`
    if (deletionTimestamp && tracked.deletedAt === Infinity) tracked.deletedAt = now
    await this.#lookUp(tracked, now)
    const life = podLife(this.#inputOf(tracked))
    tracked.life = life
    for (const { spec, life: own } of life.containers) if (own.runs.length) this.#images.add(`${node.name}/${spec.image}`)
    if (tracked.deletedAt !== Infinity) {
      await this.#api.delete(path, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }).catch(ignoreMissing)
      return null
    }
    // A Job's controller waits by the real clock between tries; for it, a try ends when the next is due.
    await this.#retries.learn(this.#api, pod)
    if (now < this.#options.horizon && now < this.#retries.reportAt(pod, life, now)) return null
    const status = podStatus(life, now)
    if (status.phase === 'Running') await this.#metrics?.report(pod, behavioursOf(pod, this.#options.behaviours), now)
    const text = JSON.stringify(status)
    if (text === tracked.written) return null
    tracked.written = text
    const others = (pod.status?.conditions ?? []).filter((c: Json) => !status.conditions.some((own: Json) => own.type === c.type))
    await this.#api.merge(`${path}/status`, { status: { ...status, conditions: [...status.conditions, ...others] } }).catch(ignoreMissing)
    return status
  }

  #inputOf(tracked: Tracked): PodInput {
    const { pod, node, startAt, deletedAt, podIP, missing } = tracked
    return {
      pod,
      podIP: pod.spec.hostNetwork ? node.ip : podIP,
      hostIP: node.ip,
      behaviours: behavioursOf(pod, this.#options.behaviours),
      startAt,
      deletedAt,
      horizon: this.#options.horizon,
      pullMs: (image) => this.#pullMs(tracked, image),
      volumeError: missing.find(({ place }) => place === 'volume') ?? null,
      missingPullSecrets: tracked.missingPullSecrets,
      configErrors: new Map(missing.filter(({ place }) => place === 'environment').map((error) => [error.subject, error])),
    }
  }

  #pullMs({ pulls, node }: Tracked, image: string): number | null {
    const known = pulls.get(image)
    if (known !== undefined) return known
    let hash = 0
    for (const char of node.name + image) hash = (hash * 31 + char.charCodeAt(0)) % 10_007
    const ms = this.#images.has(`${node.name}/${image}`) ? null : 900 + (hash % 4800)
    pulls.set(image, ms)
    return ms
  }

  /** A missing object is missed from the pod's start until it is found; a container that has started does not ask again. */
  async #lookUp(tracked: Tracked, now: number): Promise<void> {
    if (!tracked.life) {
      if (this.#missing(tracked.pod).length || missingPullSecrets(tracked.pod, this.#config.keys).length)
        await this.#config.refresh(tracked.pod.metadata.namespace ?? '')
      tracked.missing = this.#missing(tracked.pod).map((found) => ({ ...found, until: Infinity }))
      tracked.missingPullSecrets = missingPullSecrets(tracked.pod, this.#config.keys)
      return
    }
    const still = this.#missing(tracked.pod)
    for (const error of tracked.missing) {
      if (error.until === Infinity && !still.some(({ place, subject }) => place === error.place && subject === error.subject))
        error.until = now
    }
  }

  #missing(pod: KubeObject): Missing[] {
    const volume = missingForVolumes(pod, this.#config.keys)
    const containers: Json[] = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    const environments = containers.flatMap((container): Missing[] => {
      const message = missingForEnvironment(pod, container, this.#config.keys)
      return message ? [{ place: 'environment', subject: container.name, message }] : []
    })
    return volume ? [{ place: 'volume', ...volume }, ...environments] : environments
  }

  #logs({ namespace, pod, container, previous }: LogRequest) {
    const tracked = [...this.#pods.values()].find(({ pod: { metadata } }) => metadata.namespace === namespace && metadata.name === pod)
    const found = tracked?.life?.containers.find(({ spec }) => spec.name === container)
    const behaviours = tracked ? forContainer(behavioursOf(tracked.pod, this.#options.behaviours), container, found?.init ?? false) : []
    const lines = logOf({ pod, container }, found?.life, behaviours, previous, this.#now)
    if ('error' in lines) return lines
    return lines.map(({ at, text }) => ({ at, text: this.#withAddresses(text, tracked?.podIP ?? '') }))
  }

  /** `{podip}` is the writer's own address, `{ip:namespace/prefix}` that of a pod whose name begins so. */
  #withAddresses(text: string, own: string): string {
    return text.replaceAll('{podip}', own).replace(/\{ip:([\w-]+)\/([\w-]+)\}/g, (_, namespace: string, prefix: string) => {
      const named = [...this.#pods.values()].filter(({ pod: { metadata } }) => metadata.namespace === namespace)
      return named.find(({ pod: { metadata } }) => metadata.name.startsWith(prefix))?.podIP ?? ''
    })
  }

  #admits(ip: string): Admits | null {
    const tracked = [...this.#pods.values()].find(({ podIP }) => podIP === ip)
    const active = tracked && behavioursOf(tracked.pod, this.#options.behaviours).filter((b) => b.since <= this.#now && this.#now < b.until)
    return active?.find((b) => b.admits)?.admits ?? null
  }

  async #watchPods(): Promise<void> {
    for await (const { type, object } of this.#api.watch('/api/v1/pods', this.#stopWatching.signal)) {
      const uid = object.metadata?.uid
      if (!uid) continue
      const tracked = this.#pods.get(uid)
      if (type === 'DELETED') {
        if (tracked) {
          if (tracked.deletedAt === Infinity) tracked.deletedAt = this.#now
          tracked.life = podLife(this.#inputOf(tracked))
          this.#gone.push(tracked)
        }
        this.#pods.delete(uid)
      } else if (tracked) tracked.pod = object
      else this.#admit(uid, object)
    }
  }

  #admit(uid: string, pod: KubeObject): void {
    const index = this.#options.nodes.findIndex(({ name }) => name === pod.spec.nodeName)
    const node = this.#options.nodes[index]
    if (!node) return
    this.#pods.set(uid, {
      pod,
      node,
      startAt: this.#now,
      deletedAt: Infinity,
      podIP: `10.244.${index}.${1 + (this.#addresses++ % 250)}`,
      pulls: new Map(),
      missing: [],
      missingPullSecrets: [],
      life: null,
      written: '',
    })
  }
}

function ignoreMissing(error: unknown): void {
  // The pod was deleted, or replaced by one of the same name, between our reading and our writing.
  if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error
}
