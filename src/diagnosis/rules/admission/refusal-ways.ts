import { refOf, type KubeObject } from '#cluster'
import { containerField, entry, item, podField, podSpecOf } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { type Refusal } from './refusals.ts'
import type { Place } from '../rule.ts'

/** One way in which the API server refuses a pod: what it says, whom it means. */
export interface Way {
  pattern: RegExp
  tell(
    match: RegExpExecArray,
    refusal: Refusal,
    snapshot: Snapshot,
  ): { says: string; cause: Place; directness: number; tokens?: string[]; mend: string }
}

export const inWorkload = (workload: KubeObject, field: string): Place => ({ object: refOf(workload), field })

export const SERVICE_ACCOUNT: Way = {
  pattern: /error looking up service account ([^/]+)\/([^:]+): serviceaccounts? "[^"]+" not found/,
  tell: ([, namespace, name], { workload }) => ({
    says: `ServiceAccount ${namespace}/${name} does not exist`,
    cause: inWorkload(workload, podField(workload, 'serviceAccountName')),
    directness: 0.92,
    tokens: [name!],
    mend: `Create ServiceAccount ${name}, or name one that exists`,
  }),
}

/** The template of the claim that the API server did not let a StatefulSet make. */
function claimTemplate(workload: KubeObject, message: string): string | null {
  const [, claim = ''] = /persistentvolumeclaims "([^"]+)"/.exec(message) ?? []
  const template = (workload.spec?.volumeClaimTemplates ?? []).find((t: any) =>
    claim.startsWith(`${t.metadata?.name}-${workload.metadata.name}-`),
  )
  return template ? item('spec.volumeClaimTemplates', 'name', template.metadata.name) : null
}

export const LIMIT_RANGE: Way = {
  pattern:
    /(maximum|minimum) ([\w-]+) usage per (Container|Pod|PersistentVolumeClaim) is ([\w.]+), but (limit|request) is ([\w.]+)|([\w-]+) max limit to request ratio per (?:Container|Pod) is ([\w.]+), but provided ratio is ([\w.]+)|(maximum|minimum) ([\w-]+) usage per (Container|Pod) is ([\w.]+)\.\s+No (limit|request) is specified/,
  tell: (m, { workload, message }) => {
    const ofClaim = m[3] === 'PersistentVolumeClaim' ? claimTemplate(workload, message) : null
    if (ofClaim)
      return {
        says: `a LimitRange of the namespace does not allow the claim: ${m[0]}`,
        cause: inWorkload(workload, `${ofClaim}.spec.resources.requests.storage`),
        directness: 0.9,
        tokens: m[6] ? [m[6]] : [],
        mend: 'Claim what the LimitRange allows, or change the LimitRange',
      }
    const resource = m[2] ?? m[7] ?? m[11] ?? 'memory'
    const list = `${m[5] ?? m[14] ?? 'limit'}s`
    const containers: any[] = podSpecOf(workload)?.containers ?? []
    const container =
      containers.find((c) => m[6] !== undefined && String(c.resources?.[list]?.[resource]) === m[6]) ??
      containers.find((c) => c.resources?.[list]?.[resource]) ??
      containers[0]
    return {
      says: `a LimitRange of the namespace does not allow it: ${m[0]}`,
      cause: inWorkload(workload, containerField(workload, container?.name ?? '', entry(`resources.${list}`, resource))),
      directness: 0.88,
      tokens: m[6] ? [m[6]] : [],
      mend: `Bring ${list}.${resource} within the LimitRange, or change the LimitRange`,
    }
  },
}

export const PRIORITY_CLASS: Way = {
  pattern: /no PriorityClass with name (\S+) was found/,
  tell: ([, name], { workload }) => ({
    says: `there is no PriorityClass ${name}`,
    cause: inWorkload(workload, podField(workload, 'priorityClassName')),
    directness: 0.92,
    tokens: [name!],
    mend: `Create PriorityClass ${name}, or name one that exists`,
  }),
}

export const RUNTIME_CLASS: Way = {
  pattern: /runtimeclass(?:es)?(?:\.node\.k8s\.io)? "([^"]+)" not found/i,
  tell: ([, name], { workload }) => ({
    says: `there is no RuntimeClass ${name}`,
    cause: inWorkload(workload, podField(workload, 'runtimeClassName')),
    directness: 0.92,
    tokens: [name!],
    mend: `Create RuntimeClass ${name}, or name one that exists`,
  }),
}

export const INVALID: Way = {
  pattern: /is invalid: (?:\[)?spec\.((?:containers|initContainers)\[(\d+)\]\.)?([\w.[\]]+): ([^\]]+)/,
  tell: ([, list, index, rest = '', text = ''], { workload }) => {
    const container = list
      ? podSpecOf(workload)?.[list.startsWith('init') ? 'initContainers' : 'containers']?.[Number(index)]?.name
      : undefined
    return {
      says: text.slice(0, 200),
      cause: inWorkload(workload, container ? containerField(workload, container, rest) : podField(workload, rest)),
      directness: 0.85,
      mend: 'Correct the field that the message names',
    }
  },
}
