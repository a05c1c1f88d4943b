import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ageCluster, type AgeingOptions } from './ageing.ts'
import { withBundles } from './certificates.ts'
import { type Troubled, troubledOf } from './prolong.ts'
import { behind } from './consistency.ts'
import { completeOwners } from './owners.ts'
import { Api, ApiError, type Json, type KubeObject } from './api.ts'
import { ProgressDeadlines } from './deadlines.ts'
import { Etcd } from './etcd.ts'
import { SimulatedKubelet } from './kubelet/kubelet.ts'
import { sayEvents } from './said-events.ts'
import { DEFAULT_NODES, readManifests, type Scenario, type Step } from './scenario.ts'
import { Resources } from './resources.ts'
import { TaintEvictions } from './taint-evictions.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './start.ts'
import { momentOf, Timeline } from './timeline.ts'

/** A cluster in which a scenario has been played to its end: aged, quiet, still served. */
export interface PlayedCluster {
  cp: ControlPlane
  api: Api
  now: number
  stop(): Promise<void>
}

const BASE = join(import.meta.dirname, 'base')
/** The cluster was made this long before the recording. */
const CLUSTER_AGE = '-94d5h17m24s'
const SECOND = 1000

export async function playScenario(
  dir: string,
  scenario: Scenario,
  say: (line: string) => void,
  options: Pick<ControlPlaneOptions, 'audit'> = {},
): Promise<PlayedCluster> {
  const now = Date.parse(scenario.now)
  const runStartedAt = Date.now() - SECOND
  if (!(now < runStartedAt - 60_000)) throw new Error(`${dir}: \`now\` must be a moment in the past, not ${scenario.now}`)
  const cp = await startControlPlane({ ...options, say, nodeMonitorGracePeriod: scenario.nodeMonitorGracePeriod })
  const player = new Player(cp, dir, scenario, now)
  try {
    await player.play(say)
    await player.age({ runStartedAt, now, eventTtlMs: now - momentOf(`-${scenario.eventTtl ?? '1h'}`, now) })
  } catch (error) {
    await player.stop()
    throw error
  }
  return { cp, api: player.api, now, stop: () => player.stop() }
}

class Player {
  readonly api: Api
  readonly #cp: ControlPlane
  readonly #etcd: Etcd
  readonly #timeline = new Timeline()
  readonly #kubelet: SimulatedKubelet
  readonly #resources: Resources
  readonly #controllerApi: Api
  readonly #deadlines: ProgressDeadlines
  readonly #evictions: TaintEvictions
  readonly #dir: string
  readonly #scenario: Scenario
  readonly #end: number
  readonly #stopped = new Set<string>()
  #now: number

  constructor(cp: ControlPlane, dir: string, scenario: Scenario, end: number) {
    this.#cp = cp
    this.#dir = dir
    this.#scenario = scenario
    this.#end = end
    this.#now = momentOf(CLUSTER_AGE, end)
    this.#etcd = new Etcd(cp.etcdUrl)
    this.api = new Api(cp.url, cp.token, cp.caFile, 'inquest-control-plane')
    this.#resources = new Resources(this.api)
    this.#controllerApi = new Api(cp.url, cp.token, cp.caFile, 'kube-controller-manager/v1.36.3')
    this.#deadlines = new ProgressDeadlines(this.#controllerApi)
    this.#evictions = new TaintEvictions(this.#controllerApi)
    const timed = <T extends { since?: string; until?: string }>({ since, until, ...rest }: T) => ({
      ...rest,
      since: since ? momentOf(since, end) : -Infinity,
      until: until ? momentOf(until, end) : Infinity,
    })
    const nodes = scenario.nodes ?? DEFAULT_NODES
    const faultsOf = ({ faults = [] }: (typeof nodes)[number]) =>
      faults.map((fault) => ({
        ...fault,
        from: fault.since ? momentOf(fault.since, end) : -Infinity,
        to: fault.until ? momentOf(fault.until, end) : Infinity,
      }))
    this.#kubelet = new SimulatedKubelet(cp, {
      nodes,
      nodeFaults: new Map(nodes.map((node) => [node.name, faultsOf(node)])),
      nodeJoins: new Map(nodes.flatMap(({ name, joined }) => (joined ? [[name, momentOf(joined, end)]] : []))),
      nodeLeaves: new Map(nodes.flatMap(({ name, left }) => (left ? [[name, momentOf(left, end)]] : []))),
      behaviours: (scenario.behaviours ?? []).map(timed),
      horizon: end,
    })
  }

  async play(say: (line: string) => void): Promise<void> {
    this.#timeline.mark(0, this.#now)
    await this.#kubelet.start(this.#now)
    const base = (await readdir(BASE)).filter((name) => name.endsWith('.yaml')).sort()
    for (const name of base) await this.#apply(await readManifests(join(BASE, name)), 'kubeadm')
    const { steps } = this.#scenario
    await this.#settle(steps[0] ? momentOf(steps[0].at, this.#end) : this.#end)
    for (const [index, step] of steps.entries()) {
      say(`  ${step.at}: ${describe(step)}`)
      await this.#jump(momentOf(step.at, this.#end))
      await this.#perform(step)
      const next = steps[index + 1]
      await this.#settle(next ? momentOf(next.at, this.#end) : this.#end)
    }
  }

  async age(options: Omit<AgeingOptions, 'troubled'>): Promise<void> {
    await this.#kubelet.postEvents(options.now, options.eventTtlMs)
    this.#kubelet.freeze()
    await this.#cp.stopControllers()
    await ageCluster(this.#etcd, this.#timeline, { ...options, troubled: await this.#troubled() })
    // The API server hears of the rewriting through its watch of etcd; a moment is enough.
    await sleep(300)
  }

  async #troubled(): Promise<Troubled> {
    const list = async (path: string) => (await this.api.get(path)).items
    return troubledOf({
      pods: await list('/api/v1/pods'),
      claims: await list('/api/v1/persistentvolumeclaims'),
      replicaSets: await list('/apis/apps/v1/replicasets'),
      sets: [...(await list('/apis/apps/v1/statefulsets')), ...(await list('/apis/apps/v1/daemonsets'))],
      jobs: await list('/apis/batch/v1/jobs'),
      events: (await list('/api/v1/events')).sort((a: Json, b: Json) => a.metadata.resourceVersion - b.metadata.resourceVersion),
      autoscalers: await list('/apis/autoscaling/v2/horizontalpodautoscalers'),
    })
  }

  async stop(): Promise<void> {
    await this.#kubelet.stop()
    await this.#etcd.close()
    await this.api.close()
    await this.#controllerApi.close()
    await this.#cp.stop()
  }

  async #perform(step: Step): Promise<void> {
    const manager = step.manager ?? 'kubectl'
    for (const file of step.apply ?? []) await this.#apply(await readManifests(this.#file(file)), manager)
    for (const { patch, subresource, ...object } of step.patch ?? []) {
      // Which of its Jobs a CronJob knows to be running; their uids are made by the API server.
      const active = object.kind === 'CronJob' ? (patch.status?.active ?? []) : []
      await completeOwners(this.api, this.#resources, { metadata: { ...object, ownerReferences: active } } as KubeObject)
      const path = (await this.#resources.path(object)) + (subresource ? `/${subresource}` : '')
      const send = (type: string) => this.api.text('PATCH', `${path}?fieldManager=${manager}`, patch, type)
      await send('application/strategic-merge-patch+json').catch((error: unknown) => {
        // Custom kinds have no strategy.
        if (error instanceof ApiError && error.status === 415) return send('application/merge-patch+json')
        throw error
      })
    }
    for (const object of step.delete ?? []) await this.api.delete(await this.#resources.path(object))
    if (step.events) await sayEvents(this.api, this.#resources, step.events, this.#end)
    if (step.stop) await this.#cp.stopController(step.stop)
    if (step.stop) this.#stopped.add(step.stop)
    if (step.wait) await sleep(step.wait)
  }

  /** `shared/…` is what scenarios have in common, beside them. */
  #file(name: string): string {
    return name.startsWith('shared/') ? join(this.#dir, '..', name) : join(this.#dir, 'manifests', name)
  }

  async #apply(objects: KubeObject[], manager: string): Promise<void> {
    for (const object of objects.map((one) => withBundles(one, this.#cp.dir))) {
      const { apiVersion = '', kind = '', metadata } = object
      const path = await this.#resources.path({ apiVersion, kind, namespace: metadata.namespace, name: metadata.name })
      await completeOwners(this.api, this.#resources, object)
      // A namespace's ServiceAccount, and a new kind's endpoint, come a moment after it.
      for (let attempt = 0; ; attempt++) {
        try {
          await this.api.apply(path, object, manager)
          break
        } catch (error) {
          const soon = error instanceof ApiError && (error.status === 404 || /no API token found|serviceaccount/i.test(error.message))
          if (!soon || attempt === 20) throw error
          await sleep(100)
        }
      }
    }
  }

  /**
   * Lets the cluster live on until a moment: write what has changed, wait until the controllers have answered, go to the next change.
   * Steps get longer while no pod comes or goes, so that days of crash looping are a few steps and a roll-out's first seconds are many.
   */
  async #settle(until: number): Promise<void> {
    let began = this.#now
    let population = this.#kubelet.population
    for (;;) {
      await this.#rest()
      if (population !== this.#kubelet.population) [began, population] = [this.#now, this.#kubelet.population]
      if (this.#now >= until) return
      const coarse = this.#now + Math.max(SECOND, (this.#now - began) / 2)
      const next = Math.min(
        until,
        Math.max(this.#kubelet.nextChange(this.#now), coarse),
        await this.#deadlines.next(this.#now),
        await this.#evictions.next(this.#now),
      )
      if (next - this.#now > 20 * SECOND && (await this.#catchUp())) continue
      await this.#jump(next)
      await this.#deadlines.act(this.#now)
      if (await this.#evictions.isDue(this.#now)) {
        // A pod that takes an evicted one's place is admitted at the kubelet's own now.
        await this.#kubelet.sync(this.#now)
        await this.#evictions.act(this.#now)
      }
    }
  }

  async #jump(at: number): Promise<void> {
    this.#timeline.mark(await this.#etcd.revision(), at)
    this.#now = at
  }

  /** Waits for controllers that are behind; true if there was something to wait for, so that the kubelets must look again. */
  async #catchUp(): Promise<boolean> {
    for (let attempt = 0; attempt < 60; attempt++) {
      if ((await behind(this.api, this.#stopped)) === null) return attempt > 0
      await this.#kubelet.sync(this.#now)
      await sleep(50)
    }
    return false
  }

  /** Until nobody has written anything for a while. The Job controller gathers changes for a second before it acts. */
  async #rest(): Promise<void> {
    let quiet = 120
    let revision = -1
    let since = performance.now()
    const deadline = since + 10_000
    while (performance.now() < deadline) {
      const { jobPodEnded } = await this.#kubelet.sync(this.#now)
      if (jobPodEnded) quiet = 1300
      const current = await this.#etcd.revision()
      if (current !== revision) [revision, since] = [current, performance.now()]
      else if (performance.now() - since > quiet) return
      await sleep(25)
    }
  }
}

function describe(step: Step): string {
  const parts = [
    ...(step.apply ?? []).map((file) => `apply ${file}`),
    ...(step.patch ?? []).map(({ kind, name }) => `patch ${kind} ${name}`),
    ...(step.delete ?? []).map(({ kind, name }) => `delete ${kind} ${name}`),
    ...(step.stop ? [`stop ${step.stop}`] : []),
  ]
  return parts.join(', ')
}
