import type { KubeObject } from '#cluster'
import { errorText } from '#kit/errors'
import type { Problem } from '#kinds/problem'
import { problemText } from '#kinds/problem'
import { createRegistry, type Registry, type SecretLookup } from '#kinds/registry'
import { readConfigured } from './accept.ts'
import { createReferences } from './references.ts'
import { titleOf, type Configured, type Kind, type Reconciler, type World } from './reconciler.ts'

/** What is known of one object of the API server. */
export interface Known {
  /** As it was judged last. */
  uid: string
  generation: number
  /** Of its spec taken alone; none: it is in force. */
  problems: readonly Problem[]
  /** What is in force of it: this generation, or the last one that could be used; null: none was seen. */
  inForce: Configured | null
}

/**
 * The objects of the API server as this process judges them, and through it the registry. Objects are judged one by one: a spec that
 * cannot be used leaves the last good one of the same object in force, as long as this process lives, and everything else as it is.
 * That way an edit with a slip in it does not stop the alerts of a night.
 */
export interface Manifests {
  registry: Registry
  /** Looks at an object as it is now; null: it is gone. Answers with the titles of those that name it, when that matters to them. */
  take(kind: Kind, namespace: string, name: string, raw: KubeObject | null): Promise<readonly string[]>
  known(title: string): Known | null
  find: World['find']
}

/** A defect of ours must not make an object disappear without a word. */
const undecided = (error: unknown): Problem[] => [
  { field: '', message: `this could not be judged: ${errorText(error)}`, remedy: 'This is a defect of Inquest: please report it.' },
]

export function createManifests(
  reconcilers: { [K in Kind]: Reconciler<never> },
  secret: SecretLookup,
  isComplete: () => boolean,
): Manifests {
  const all = new Map<string, Known>()
  const references = createReferences()
  const stateOf = (known: Known | undefined) => (known === undefined ? 'missing' : known.problems.length > 0 ? 'unusable' : 'usable')
  const unusable: Registry['unusable'] = (kind, namespace, name) => {
    const known = all.get(titleOf(kind, namespace, name))
    return known && !known.inForce ? problemText(known.problems[0]!) : null
  }
  const registry = createRegistry(secret, { isComplete, unusable })

  function forget(title: string, kind: Kind, namespace: string, name: string): void {
    all.delete(title)
    references.set(title, [])
    registry.remove(kind, namespace, name)
  }
  async function judge(kind: Kind, raw: KubeObject): Promise<{ object: Configured | null; problems: Problem[] }> {
    const read = readConfigured(kind, raw)
    if ('problems' in read) return { object: null, problems: read.problems }
    const problems = await reconcilers[kind].accept(read.object as never).catch(undecided)
    return { object: problems.length > 0 ? null : read.object, problems }
  }

  return {
    registry,
    async take(kind, namespace, name, raw) {
      const title = titleOf(kind, namespace, name)
      const before = all.get(title)
      if (raw === null || raw.metadata.deletionTimestamp) {
        if (before) forget(title, kind, namespace, name)
        return before ? references.referrers(title) : []
      }
      const { uid = '', generation = 0 } = raw.metadata
      if (before?.uid === uid && before.generation === generation) return []
      const { object, problems } = await judge(kind, raw)
      const inForce = object ?? (before?.uid === uid ? before.inForce : null)
      all.set(title, { uid, generation, problems, inForce })
      if (inForce) registry.put(inForce)
      else registry.remove(kind, namespace, name)
      const named = inForce ? reconcilers[kind].references(inForce as never) : []
      references.set(
        title,
        named.map((one) => titleOf(one.kind, namespace, one.name)),
      )
      return stateOf(before) === stateOf(all.get(title)) ? [] : references.referrers(title)
    },
    known: (title) => all.get(title) ?? null,
    find: (kind, namespace, name) => stateOf(all.get(titleOf(kind, namespace, name))),
  }
}
