import type { KubeObject } from '#cluster'
import { isCrashing, isReady, type ContainerView } from '../snapshot/containers.ts'
import type { Aim } from './aim.ts'
import { callsOf } from '../snapshot/hosts.ts'
import { wouldServe } from '../snapshot/served.ts'
import { keyOf, type Snapshot } from '../snapshot/snapshot.ts'

/** How many containers' logs one diagnosis reads at most, and of how many pods of one workload. */
const MAX_LOGS = 60
const PER_CONTAINER = 2

/** A log to read. */
export interface LogWanted {
  view: ContainerView
  previous: boolean
}

/** Containers whose logs may tell why: those in trouble first, then those of the workloads in `focus`. Bounded. Those on `node` first. */
export function logsWanted(snapshot: Snapshot, focus: readonly KubeObject[], node: string | null = null): LogWanted[] {
  const inFocus = new Set(focus.map(keyOf))
  const counts = new Map<string, number>()
  const wanted: LogWanted[] = []
  const take = (view: ContainerView): void => {
    const key = `${keyOf(snapshot.workloadOf(view.pod))}/${view.name}/${view.pod.metadata.labels?.['pod-template-hash'] ?? ''}`
    const count = counts.get(key) ?? 0
    if (count >= PER_CONTAINER || counts.size > MAX_LOGS) return
    counts.set(key, count + 1)
    wanted.push({ view, previous: false })
    if (view.restarts > 0) wanted.push({ view, previous: true })
  }
  const all = snapshot.containers.filter((v) => v.running || v.terminated || v.last)
  // Of a DaemonSet the pod on the node that is asked about tells most.
  const started =
    node === null ? all : all.toSorted((a, b) => Number(b.pod.spec?.nodeName === node) - Number(a.pod.spec?.nodeName === node))
  for (const view of started) if (isTroubled(view, snapshot.now)) take(view)
  if (inFocus.size > 0)
    for (const view of started)
      if (!isTroubled(view, snapshot.now) && view.running && inFocus.has(keyOf(snapshot.workloadOf(view.pod)))) take(view)
  return wanted
}

function isTroubled(view: ContainerView, now: number): boolean {
  if (isCrashing(view, now)) return true
  if (view.running && view.init && !view.sidecar) return true
  return view.running !== null && !view.init && (!view.ready || (view.restarts > 0 && !isReady(view.pod)))
}

const MAX_FOCUS = 25
const MAX_DEPTH = 4

/** The workloads in question and those that they call, directly or through others. */
export function withDependencies(snapshot: Snapshot, start: readonly KubeObject[]): KubeObject[] {
  const found = new Map(start.map((w) => [keyOf(w), w]))
  let edge = [...start]
  for (let depth = 0; depth < MAX_DEPTH && edge.length > 0 && found.size < MAX_FOCUS; depth++) {
    const next: KubeObject[] = []
    for (const workload of edge) {
      for (const call of callsOf(snapshot, workload)) {
        const service = snapshot.get('Service', call.service.namespace, call.service.name)
        const pods = snapshot.podsSelected(call.service.namespace ?? '', service?.spec?.selector)
        for (const backend of pods.length > 0 ? pods.map((pod) => snapshot.workloadOf(pod)) : wouldServe(snapshot, service)) {
          if (found.has(keyOf(backend)) || found.size >= MAX_FOCUS) continue
          found.set(keyOf(backend), backend)
          next.push(backend)
        }
      }
    }
    edge = next
  }
  return [...found.values()]
}

/** Workloads with a pod that is not as it should be. */
export function troubled(snapshot: Snapshot): KubeObject[] {
  const found = new Map<string, KubeObject>()
  for (const view of snapshot.containers) {
    if (view.init && !view.sidecar && view.terminated?.exitCode === 0) continue
    if (view.ready && !isCrashing(view, snapshot.now)) continue
    const workload = snapshot.workloadOf(view.pod)
    found.set(keyOf(workload), workload)
  }
  return [...found.values()]
}

/** What runs on a node that is asked about because it is a node: it drains, reboots, or watches it. */
export const agentsOn = (snapshot: Snapshot, { object }: Aim): KubeObject[] =>
  object?.kind === 'Node'
    ? [...new Set(snapshot.podsOn(object.metadata.name).map((pod) => snapshot.workloadOf(pod)))].filter((w) => w.kind === 'DaemonSet')
    : []
