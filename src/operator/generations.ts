import { hash } from '#kit/ids'
import type { Snapshot } from '#kinds/registry'
import type { Sink } from '#kinds/sink'
import type { Source } from '#kinds/source'
import type { Workflow } from '#kinds/workflow'

/**
 * Gives objects of a folder what the API server gives others: `metadata.generation`, raised when the spec changes. Known
 * since the start of the process only.
 */
export function createGenerations(): (snapshot: Snapshot) => Snapshot {
  const known = new Map<string, { spec: string; generation: number }>()
  const stamp = <T extends Source | Workflow | Sink>(object: T): T => {
    const id = `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`
    const spec = hash(JSON.stringify(object.spec))
    const before = known.get(id)
    const generation = before === undefined ? 1 : before.generation + (before.spec === spec ? 0 : 1)
    known.set(id, { spec, generation })
    return { ...object, metadata: { ...object.metadata, generation } }
  }
  return ({ sources, workflows, sinks }) => ({ sources: sources.map(stamp), workflows: workflows.map(stamp), sinks: sinks.map(stamp) })
}
