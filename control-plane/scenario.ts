import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { Alert } from './alert.ts'
import type { Json, KubeObject } from './api.ts'
import type { Behaviour } from './kubelet/behaviours.ts'
import type { NodeSpec } from './kubelet/nodes.ts'

/** A scenario is a folder: this in `scenario.ts`, `manifests/*.yaml`, `expected.yaml`, and what is recorded of it: `bundle.tgz`, `alert.json`. */
export interface Scenario {
  /** One line: what is broken. */
  title: string
  /** When it is recorded; every moment below counts back from it. In the past, so that real and virtual times cannot be mixed up. */
  now: string
  nodes?: readonly NodeSpec[]
  steps: readonly Step[]
  /** What the programs in the containers do. */
  behaviours?: readonly Behaviour[]
  /** What Alertmanager sends; it may look at the pods for names that only the recording knows. */
  alert: Alert | ((podsOf: PodsOf) => Alert)
  /** How long the API server keeps events. Default 1h, as Kubernetes does. */
  eventTtl?: string
  /** Real time that a silent node stays Ready; makes node scenarios quick. */
  nodeMonitorGracePeriod?: string
}

/** Pods of the played cluster by namespace and the beginning of their names. */
type PodsOf = (namespace: string, namePrefix?: string) => Json[]

export interface Step {
  /** '-12d': twelve days before the recording. */
  at: string
  /** Files in `manifests/`, or `shared/…`, applied in their order. */
  apply?: readonly string[]
  /** Changes of objects that are there, as a roll-out or an edit makes them: merged strategically. */
  patch?: readonly Patch[]
  delete?: readonly { apiVersion: string; kind: string; namespace?: string; name: string }[]
  /** What controllers say that are not played (an operator's, a driver's); it may look at the pods for their names. */
  events?: readonly SaidEvent[] | ((podsOf: PodsOf) => readonly SaidEvent[])
  /** A program of the control plane that ends here and does not come back. */
  stop?: 'kube-controller-manager' | 'kube-scheduler'
  /** Who does it, as managedFields will name them. Default 'kubectl'. */
  manager?: string
  /** Real milliseconds to give controllers that work by the real clock (node silence). */
  wait?: number
}

/** An event of a controller that is not played. Moments as everywhere: '-12m'. */
export interface SaidEvent {
  object: { apiVersion: string; kind: string; namespace?: string; name: string }
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  /** Who says it: `karpenter`. */
  component: string
  first: string
  /** Default: `first`. */
  last?: string
  count?: number
}

export interface Patch {
  apiVersion: string
  kind: string
  namespace?: string
  name: string
  patch: Json
  /** What a controller outside the cluster would write: a Gateway's, a cloud's. */
  subresource?: 'status'
}

export const DEFAULT_NODES: readonly NodeSpec[] = [
  { name: 'worker-1', ip: '10.20.1.11' },
  { name: 'worker-2', ip: '10.20.2.12' },
  { name: 'worker-3', ip: '10.20.3.13' },
]

export async function loadScenario(dir: string): Promise<Scenario> {
  const file = join(dir, 'scenario.ts')
  if (!existsSync(file)) throw new Error(`${dir} is not a scenario: it has no scenario.ts`)
  const module = (await import(pathToFileURL(file).href)) as { scenario?: Scenario }
  if (!module.scenario) throw new Error(`${file} exports no \`scenario\``)
  return module.scenario
}

export async function readManifests(file: string): Promise<KubeObject[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'))
  return documents.flatMap((document) => {
    const [error] = document.errors
    if (error) throw new Error(`${file}: ${error.message}`)
    const object = document.toJS() as KubeObject | null
    return object ? [object] : []
  })
}
