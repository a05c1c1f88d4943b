import { refOf, type KubeObject } from '#cluster'
import { InputError } from '#kit/errors'
import type { ObjectRef } from '#kinds/result'
import { customsOnto, entriesTo, servicesOf } from '../snapshot/entry.ts'
import { isKind, ROUTES } from '../snapshot/kinds.ts'
import type { DiagnosisRequest } from '../request.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { namedIn } from './retarget.ts'
import { isWorkloadKind } from '../snapshot/kinds.ts'
import { podsUnder } from '../rules/run/eviction-words.ts'
import type { Aim } from './aim.ts'
import { usersOf } from './users.ts'

/**
 * Finds the target. A pod that an alert names is often gone by now: then its workload, told by its name, is meant. What a
 * person mistyped is an InputError that says what there is.
 */
export function aimAt(snapshot: Snapshot, target: ObjectRef | null, alert: DiagnosisRequest['alert']): Aim {
  const byAlert = alert !== null
  if (!target) return { object: null, workloads: [], parts: [], note: null }
  if (!isKind(target.kind))
    return {
      object: null,
      workloads: [],
      parts: [],
      note: `${target.kind} is not a kind that the diagnosis knows; it looked at the namespace`,
    }
  const object = snapshot.get(target.kind, target.namespace, target.name)
  if (object?.kind === 'Namespace' && alert) {
    // Of a namespace it is what the alert names, else all of it.
    const { name } = object.metadata
    const { labelled, told } = namedIn(snapshot, name, alert)
    if (labelled) return aimAt(snapshot, refOf(labelled), alert)
    const named = told ? workloadsOf(snapshot, told) : []
    const workloads = told
      ? [...named, ...usersOf(snapshot, named, alert)]
      : snapshot.workloads.filter((w) => w.metadata.namespace === name)
    return { object, workloads, parts: told ? partsOf(snapshot, told) : [], note: null }
  }
  if (object) {
    const own = workloadsOf(snapshot, object)
    return { object, workloads: [...own, ...usersOf(snapshot, own, alert)], parts: partsOf(snapshot, object), note: null }
  }
  const heir = target.kind === 'Pod' ? heirOf(snapshot, target) : undefined
  if (heir) return { object: heir, workloads: [heir], parts: partsOf(snapshot, heir), note: null }
  const text = `${target.kind} ${target.namespace === null ? '' : `${target.namespace}/`}${target.name}`
  if (!snapshot.has(target.kind, target.namespace)) return { object: null, workloads: [], parts: [], note: `${text} could not be read` }
  if (byAlert) return { object: null, workloads: [], parts: [], note: `${text} does not exist any more` }
  const names = snapshot.all(target.kind, target.namespace).map((o) => o.metadata.name)
  const some = names.slice(0, 10).join(', ')
  throw new InputError(`there is no ${text}`, {
    field: 'target',
    remedy:
      names.length > 0
        ? `There is: ${some}${names.length > 10 ? ', …' : ''}.`
        : `Namespace ${target.namespace ?? ''} holds no ${target.kind}.`,
  })
}

/** `payments-5c9d8f7b6-x2x1z` → the workload whose name, with a hash or a number, makes that name. */
function heirOf(snapshot: Snapshot, target: ObjectRef): KubeObject | undefined {
  const heirs = snapshot.workloads.filter(
    (w) => w.kind !== 'Pod' && w.metadata.namespace === target.namespace && target.name.startsWith(`${w.metadata.name}-`),
  )
  return heirs.sort((a, b) => b.metadata.name.length - a.metadata.name.length)[0]
}

function workloadsOf(snapshot: Snapshot, object: KubeObject): KubeObject[] {
  const unique = (list: readonly KubeObject[]): KubeObject[] => [...new Set(list.map((o) => snapshot.workloadOf(o)))]
  const namespace = object.metadata.namespace ?? ''
  if (isWorkloadKind(object.kind)) return [snapshot.workloadOf(object)]
  if (object.kind === 'Service') return unique(snapshot.podsSelected(namespace, object.spec?.selector))
  if (object.kind === 'Node') return []
  if (object.kind === 'APIService') {
    const { namespace: where, name } = object.spec?.service ?? {}
    return unique(snapshot.podsSelected(where ?? '', snapshot.get('Service', where ?? null, name ?? '')?.spec?.selector))
  }
  if (object.kind === 'PodDisruptionBudget') return unique(podsUnder(snapshot, object))
  if (object.kind === 'Ingress')
    return unique(
      servicesOf(object).flatMap(({ name }) => snapshot.podsSelected(namespace, snapshot.get('Service', namespace, name)?.spec?.selector)),
    )
  if (object.kind === 'HorizontalPodAutoscaler') {
    const { kind, name } = object.spec?.scaleTargetRef ?? {}
    const found = isKind(kind ?? '') ? snapshot.get(kind, namespace, name) : undefined
    return found ? [found] : []
  }
  if (object.kind === 'PersistentVolumeClaim')
    return unique(
      snapshot
        .all('Pod', namespace)
        .filter((p) => p.spec?.volumes?.some((v: any) => v.persistentVolumeClaim?.claimName === object.metadata.name)),
    )
  const routes = isKind(object.kind) && (ROUTES as readonly string[]).includes(object.kind) ? [object] : partsOf(snapshot, object)
  return unique(
    routes.flatMap((route) =>
      servicesOf(route).flatMap((s) => snapshot.podsSelected(s.namespace, snapshot.get('Service', s.namespace, s.name)?.spec?.selector)),
    ),
  )
}

/** The routes that are bound to a Gateway; the Ingresses and routes through which requests come to a workload or Service. */
function partsOf(snapshot: Snapshot, object: KubeObject): KubeObject[] {
  if (object.kind === 'Ingress' || (ROUTES as readonly string[]).includes(object.kind))
    return servicesOf(object).flatMap((s) => snapshot.get('Service', s.namespace, s.name) ?? [])
  if (object.kind === 'Service' || isWorkloadKind(object.kind))
    return [...entriesTo(snapshot, object, workloadsOf(snapshot, object)), ...customsOnto(snapshot, object, workloadsOf(snapshot, object))]
  if (object.kind !== 'Gateway') return []
  const { namespace, name } = object.metadata
  return ROUTES.flatMap((kind) => snapshot.all(kind)).filter((route) =>
    (route.spec?.parentRefs ?? []).some((ref: any) => ref.name === name && (ref.namespace ?? route.metadata.namespace) === namespace),
  )
}
