import type { ClusterClient, KubeObject, ResourceType } from '#cluster'
import { referenceProblems } from '#kinds/acceptance'
import type { Clock } from '#kit/clock'
import { answersOf, nextStatus, type Answer, type ObjectStatus } from './conditions.ts'
import type { Known } from './manifests.ts'
import type { Configured, Finding, Reconciler, World } from './reconciler.ts'

/** What is to be said of an object now, and whether something that nobody watches is in its way. */
export async function judgeStatus(
  reconciler: Reconciler<never>,
  known: Known,
  world: World,
): Promise<{ answers: Answer[]; cost: number; missing: boolean }> {
  const { problems, inForce } = known
  if (problems.length > 0 || inForce === null) {
    const kept = inForce?.metadata.generation ?? null
    return { answers: answersOf({ spec: problems, references: [], findings: [], inForce: kept, works: '' }), cost: 0, missing: false }
  }
  const there = (kind: 'Workflow' | 'Sink') => (namespace: string, name: string) =>
    world.find(kind, namespace, name) === 'missing' ? undefined : true
  const references = referenceProblems(inForce, { workflow: there('Workflow'), sink: there('Sink') })
  const object = inForce as Configured as never
  const findings: Finding[] = references.length > 0 ? [] : await reconciler.ready(object, world)
  const answers = answersOf({ spec: [], references, findings, inForce: null, works: reconciler.works(object) })
  return {
    answers,
    cost: references.length > 0 ? 0 : reconciler.cost(object),
    missing: findings.some(({ reason }) => !WATCHED.has(reason)),
  }
}

/** Reasons whose end is an event; the others end when somebody makes a Secret, a ServiceAccount or a RoleBinding. */
const WATCHED = new Set(['Suspended', 'CannotWatch', 'ModelNotReady', 'WorkflowNotAccepted', 'SinkNotAccepted'])

export interface StatusWriter {
  /** Writes when the object does not say so already. */
  write(type: ResourceType, raw: KubeObject, answers: readonly Answer[], signal: AbortSignal): Promise<void>
  forget(uid: string): void
}

/**
 * Statuses by server-side apply. A watch brings our own write back a moment later; until then what we wrote counts, or it would be
 * written again with another time.
 */
export function createStatusWriter(client: Pick<ClusterClient, 'applyStatus'>, clock: Clock): StatusWriter {
  const written = new Map<string, { before: string | undefined; status: ObjectStatus }>()
  return {
    forget: (uid) => written.delete(uid),
    async write(type, raw, answers, signal) {
      const { namespace = '', name, uid = '', generation = 0, resourceVersion } = raw.metadata
      const ours = written.get(uid)
      const before = ours && ours.before === resourceVersion ? ours.status : ((raw.status ?? {}) as ObjectStatus)
      const status = nextStatus(before, answers, generation, clock.now())
      if (status === null) return
      // Of exactly the version that was judged. When it has changed since, the watch brings the new one, and it is judged anew.
      const identity = { namespace, name, uid, ...(resourceVersion && { resourceVersion }) }
      const applied = await client.applyStatus(type, identity, status, signal)
      if (applied !== null && applied !== 'changed') written.set(uid, { before: resourceVersion, status })
    },
  }
}
