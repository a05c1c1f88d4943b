import type { KubeObject } from '#cluster'
import { inOrder } from './json-text.ts'
import { isWorkloadKind, POD_SPEC_PATH } from './kinds.ts'

/**
 * Field paths as people and `kubectl explain` write them, with lists by merge key where the API has one and by index
 * where it has none: `spec.template.spec.containers[name=velero].args[0]`. A map key that is not a plain word stands in
 * brackets: `spec.selector[app.kubernetes.io/name]`, `data[app.yaml]`.
 */

/** `spec.selector` + `app` → `spec.selector.app`. */
export const entry = (path: string, key: string): string => (/^[A-Za-z_][\w-]*$/.test(key) ? `${path}.${key}` : `${path}[${key}]`)

/** `containers` + `name=app` → `containers[name=app]`. */
export const item = (path: string, mergeKey: string, value: string | number): string => `${path}[${mergeKey}=${value}]`

export const element = (path: string, index: number): string => `${path}[${index}]`

/** Where the pod's spec is in a workload: `spec.template.spec`. */
export const podSpecPath = (workload: KubeObject): string =>
  isWorkloadKind(workload.kind) ? POD_SPEC_PATH[workload.kind] : 'spec.template.spec'

/** The pod's spec itself. */
export function podSpecOf(workload: KubeObject): any {
  if (workload.kind === 'Pod') return workload.spec
  if (workload.kind === 'CronJob') return workload.spec?.jobTemplate?.spec?.template?.spec
  return workload.spec?.template?.spec
}

/** A field of the pod's spec: `nodeSelector.disk` → `spec.template.spec.nodeSelector.disk`. */
export const podField = (workload: KubeObject, rest: string): string => `${podSpecPath(workload)}.${rest}`

/** A container in the workload's spec by its name; init containers are found, too. */
export function containerSpec(workload: KubeObject, name: string): { spec: any; init: boolean } | undefined {
  const pod = podSpecOf(workload)
  const main = pod?.containers?.find((c: any) => c.name === name)
  if (main) return { spec: main, init: false }
  const init = pod?.initContainers?.find((c: any) => c.name === name)
  return init && { spec: init, init: true }
}

/** A field of a container: `image` → `spec.template.spec.containers[name=app].image`. An empty `rest` names the container. */
export function containerField(workload: KubeObject, name: string, rest = ''): string {
  const list = containerSpec(workload, name)?.init ? 'initContainers' : 'containers'
  return item(podField(workload, list), 'name', name) + (rest === '' ? '' : rest.startsWith('[') ? rest : `.${rest}`)
}

interface Part {
  name: string
  /** What stood in brackets behind it, in order. */
  brackets: string[]
}

function parse(path: string): Part[] {
  return [...path.matchAll(/([^.[\]]+)((?:\[[^\]]*\])*)/g)].map((m) => ({
    name: m[1]!,
    brackets: [...m[2]!.matchAll(/\[([^\]]*)\]/g)].map((b) => b[1]!),
  }))
}

/** A strategic merge patch that sets one field; null when a list index is in the way (a patch would replace the list). */
export function patchOf(path: string, value: unknown): string | null {
  let patch: unknown = value === undefined ? null : inOrder(value)
  for (const part of parse(path).toReversed()) {
    for (const bracket of part.brackets.toReversed()) {
      if (/^\d+$/.test(bracket)) return null
      const at = bracket.indexOf('=')
      patch = at < 0 ? { [bracket]: patch } : [{ [bracket.slice(0, at)]: bracket.slice(at + 1), ...(patch as object) }]
    }
    patch = { [part.name]: patch }
  }
  return JSON.stringify(patch)
}

/** Whether a change at `changed` touches what `field` names: the same, around it, or inside it. */
export function touches(changed: string, field: string): boolean {
  return changed === field || isWithin(changed, field) || isWithin(field, changed)
}

export const isWithin = (inner: string, outer: string): boolean =>
  inner.length > outer.length && inner.startsWith(outer) && (inner[outer.length] === '.' || inner[outer.length] === '[')
