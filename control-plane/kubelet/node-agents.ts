import { type Api, ApiError, type Json } from '../api.ts'
import { nodeObject, type NodeSpec, nodeStatus, type TimedNodeFault } from './nodes.ts'

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'

/** What the kubelets say of their nodes: the Node objects, their conditions, their leases. */
export class NodeAgents {
  readonly #api: Api
  readonly #nodes: readonly NodeSpec[]
  readonly #faults: ReadonlyMap<string, TimedNodeFault[]>
  readonly #joins: ReadonlyMap<string, number>
  readonly #leaves: ReadonlyMap<string, number>
  readonly #written = new Map<string, { text: string; at: number }>()
  readonly #there = new Set<NodeSpec>()
  #startedAt = 0
  #now = 0

  /** `joins`: when a node comes that was not there from the beginning; `leaves`: when one goes for good. */
  constructor(
    api: Api,
    nodes: readonly NodeSpec[],
    faults: ReadonlyMap<string, TimedNodeFault[]>,
    joins: ReadonlyMap<string, number> = new Map(),
    leaves: ReadonlyMap<string, number> = new Map(),
  ) {
    this.#api = api
    this.#nodes = nodes
    this.#faults = faults
    this.#joins = joins
    this.#leaves = leaves
  }

  async start(now: number): Promise<void> {
    this.#startedAt = now
    await this.sync(now)
  }

  async #join(now: number): Promise<void> {
    for (const [index, node] of this.#nodes.entries()) {
      if (this.#there.has(node) || this.#joinOf(node) > now || this.#hasLeft(node)) continue
      this.#there.add(node)
      // As a kubelet registers: with its capacity, or a DaemonSet's pod finds a node without room.
      const status = nodeStatus(node, this.#faults.get(node.name) ?? [], Math.max(this.#startedAt, this.#joinOf(node)), now)
      await this.#api.create('/api/v1/nodes', { ...nodeObject(node, index), status })
      await this.#api.create(LEASES, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: node.name, namespace: 'kube-node-lease' },
        spec: { holderIdentity: node.name, leaseDurationSeconds: 40, renewTime: microTime(Date.now()) },
      })
    }
  }

  /** As a machine is taken away: its Node object goes, and the pod collector deletes what was bound to it (by the real clock, 40 s later). */
  async #leave(): Promise<void> {
    for (const node of this.#there) {
      if (!this.#hasLeft(node)) continue
      this.#there.delete(node)
      await this.#api.delete(`/api/v1/nodes/${node.name}`)
      await this.#api.delete(`${LEASES}/${node.name}`).catch(ignoreMissing)
      const { items } = await this.#api.get('/api/v1/pods')
      for (const { metadata, spec } of items as Json[]) {
        if (spec.nodeName !== node.name) continue
        const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`
        await this.#api.delete(path, { gracePeriodSeconds: 0 }).catch(ignoreMissing)
      }
    }
  }

  #hasLeft(node: NodeSpec): boolean {
    return (this.#leaves.get(node.name) ?? Infinity) <= this.#now
  }

  #joinOf(node: NodeSpec): number {
    return this.#joins.get(node.name) ?? -Infinity
  }

  /** A real kubelet reports when something changes, and every five minutes. */
  async sync(now: number): Promise<void> {
    this.#now = now
    await this.#leave()
    await this.#join(now)
    for (const node of this.#there) {
      const down = this.#downSince(node)
      const at = down === null ? now : down - 1
      const status = nodeStatus(node, this.#faults.get(node.name) ?? [], Math.max(this.#startedAt, this.#joinOf(node)), at)
      const text = down === null ? JSON.stringify(status.conditions.map(({ type, status }: Json) => [type, status])) : `down since ${down}`
      const before = this.#written.get(node.name)
      if (before?.text === text && (down !== null || now - before.at < 300_000)) continue
      this.#written.set(node.name, { text, at: now })
      await this.#api.strategicMerge(`/api/v1/nodes/${node.name}/status`, { status })
      // What it said last, a moment before it fell silent.
      if (down !== null) await this.#renewLease(node, microTime(down - 4000))
    }
  }

  isDown(node: NodeSpec): boolean {
    return this.#hasLeft(node) || this.#downSince(node) !== null
  }

  /** By the real clock, by which the node controller judges. */
  async renewLeases(): Promise<void> {
    for (const node of this.#there) if (!this.isDown(node)) await this.#renewLease(node, microTime(Date.now()))
  }

  nextChange(now: number): number {
    const moments = [...this.#faults.values()].flat().flatMap(({ from, to }) => [from, to])
    moments.push(...this.#joins.values(), ...this.#leaves.values())
    return Math.min(Infinity, ...moments.filter((at) => at > now))
  }

  #downSince(node: NodeSpec): number | null {
    const faults = this.#faults.get(node.name) ?? []
    return faults.find((fault) => 'down' in fault && fault.from <= this.#now && this.#now < fault.to)?.from ?? null
  }

  async #renewLease(node: NodeSpec, renewTime: string): Promise<void> {
    await this.#api.merge(`${LEASES}/${node.name}`, { spec: { renewTime } })
  }
}

const microTime = (at: number) => new Date(at).toISOString().replace('Z', '000Z')

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 404)) throw error
}
