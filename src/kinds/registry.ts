import { InputError } from '#kit/errors'
import type { SecretKeyRef } from './meta.ts'
import type { Sink } from './sink.ts'
import type { Source } from './source.ts'
import type { Workflow } from './workflow.ts'

/** Objects that were accepted, by namespace and name. Filled by exactly one feeder a process: the API server or a folder. */
export interface Registry {
  source(namespace: string, name: string): Source | undefined
  workflow(namespace: string, name: string): Workflow | undefined
  sink(namespace: string, name: string): Sink | undefined
  sources(): readonly Source[]
  workflows(): readonly Workflow[]
  sinks(): readonly Sink[]
  /** The value of a Secret's key. Throws an InputError that names what is missing. */
  secret(namespace: string, ref: SecretKeyRef): Promise<string>
  /** false: its feeder has not seen everything yet, and what is not found here may be there all the same. */
  isComplete(): boolean
  /** Why an object that exists is not among them, for people; null: there is none of that name, or it is among them. */
  unusable(kind: RegisteredKind, namespace: string, name: string): string | null
}

export type RegisteredKind = 'Source' | 'Workflow' | 'Sink'

export type SecretLookup = (namespace: string, ref: SecretKeyRef) => Promise<string | undefined>

/** One complete set of objects; a feeder replaces it as a whole. Namespaces are filled in. */
export interface Snapshot {
  sources: readonly Source[]
  workflows: readonly Workflow[]
  sinks: readonly Sink[]
}

export interface MemoryRegistry extends Registry {
  replace(snapshot: Snapshot): void
  /** One object, in the place of what had its name. */
  put(object: Source | Workflow | Sink): void
  remove(kind: RegisteredKind, namespace: string, name: string): void
}

const byName = <T extends Source | Workflow | Sink>(objects: readonly T[]): Map<string, T> =>
  new Map(objects.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object]))

/** A feeder that judges objects one by one says so; one that takes all or nothing need not. */
const WHOLE: Pick<Registry, 'isComplete' | 'unusable'> = { isComplete: () => true, unusable: () => null }

/** The registry's in-memory form, empty until its feeder has `replace`d it. */
export function createRegistry(lookup: SecretLookup, state: Pick<Registry, 'isComplete' | 'unusable'> = WHOLE): MemoryRegistry {
  let sources = new Map<string, Source>()
  let workflows = new Map<string, Workflow>()
  let sinks = new Map<string, Sink>()
  return {
    ...state,
    source: (namespace, name) => sources.get(`${namespace}/${name}`),
    workflow: (namespace, name) => workflows.get(`${namespace}/${name}`),
    sink: (namespace, name) => sinks.get(`${namespace}/${name}`),
    sources: () => [...sources.values()],
    workflows: () => [...workflows.values()],
    sinks: () => [...sinks.values()],
    async secret(namespace, ref) {
      const value = await lookup(namespace, ref)
      if (value === undefined) {
        throw new InputError(`Secret ${namespace}/${ref.name} has no key "${ref.key}"`, {
          remedy: `Create the Secret ${ref.name} in namespace ${namespace} with the key ${ref.key}.`,
        })
      }
      return value
    },
    put(object) {
      const key = `${object.metadata.namespace}/${object.metadata.name}`
      if (object.kind === 'Source') sources.set(key, object)
      else if (object.kind === 'Workflow') workflows.set(key, object)
      else sinks.set(key, object)
    },
    remove: (kind, namespace, name) => void { Source: sources, Workflow: workflows, Sink: sinks }[kind].delete(`${namespace}/${name}`),
    replace(snapshot) {
      sources = byName(snapshot.sources)
      workflows = byName(snapshot.workflows)
      sinks = byName(snapshot.sinks)
    },
  }
}
