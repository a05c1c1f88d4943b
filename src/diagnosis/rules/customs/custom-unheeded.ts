import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { isReady } from '../../snapshot/containers.ts'
import { operatorsOf } from '../../snapshot/controllers.ts'
import { customOwner } from '../../snapshot/custom-links.ts'
import { lastWrite } from '../../snapshot/edits.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { unwatched } from './custom-unwatched.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

/** A controller that works answers within seconds; a busy one within this. ms */
const PATIENCE = 10 * 60_000
const LONG = 7 * 24 * 3_600_000

export const customUnheeded: Rule = {
  id: 'custom-unheeded',
  title: 'Nobody acts on a custom resource',
  means: 'It was written a while ago, and its operator has not taken note: the operator does not run, or may not read it.',
  looksAt:
    'Custom resources without status, or whose observedGeneration is behind, and the workload whose account may write the status of that kind.',
  mend: 'Bring the operator back; if there is none in the cluster, install it.',
  look: (snapshot) => snapshot.customs.flatMap((object) => unheeded(snapshot, object)),
}

function unheeded(snapshot: Snapshot, custom: KubeObject): Seen[] {
  const { status, metadata } = custom
  if (metadata.deletionTimestamp || customOwner(snapshot, custom)) return []
  const observed = status?.observedGeneration
  const isBehind = typeof observed === 'number' && typeof metadata.generation === 'number' && observed < metadata.generation
  // Many kinds never get a status: only where an operator writes one, and is not there, does its absence mean something.
  const controllers = operatorsOf(snapshot, custom)
  if (!isBehind && (status !== undefined || controllers.length === 0)) return []
  const written = lastWrite(custom)
  if (written === null || snapshot.now - written < PATIENCE) return []
  const isUp = controllers.some((w) => snapshot.podsOf(w).some(isReady))
  const apart = isUp ? unwatched(snapshot, custom, controllers) : null
  if (!isBehind && isUp && !apart) return []
  const object = refOf(custom)
  return [
    {
      on: object,
      failure: 'configuration',
      severity: 'warning',
      summary: `${objectText(object)} was written ${Math.round((snapshot.now - written) / 60_000)} minutes ago, and its operator has not taken note${apart ? `: ${apart.says}` : ''}${controllers.length > 0 && !isUp ? `: ${objectText(refOf(controllers[0]!))} has no ready pod` : ''}`,
      evidence: [fromObject(custom, isBehind ? `generation ${metadata.generation}, observedGeneration ${observed}` : 'no status')],
      cause: apart
        ? { object: apart.object, field: apart.field }
        : { object: controllers[0] ? refOf(controllers[0]) : object, field: null },
      since: written,
      directness: apart ? 0.78 : 0.5,
      open: !apart,
      blames: controllers.map(refOf),
      // What has lain about for long is missed by nobody.
      tentative: controllers.length === 0 || snapshot.now - written > LONG,
      recommendations: [inspect('Look at the operator', 'It should have acted.', 'kubectl get pods --all-namespaces')],
    },
  ]
}
