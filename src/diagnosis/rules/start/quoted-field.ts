import type { KubeObject } from '#cluster'
import { containerField, containerSpec, element, entry, item, podField, podSpecOf } from '../../snapshot/field-path.ts'

const MAX_DEPTH = 8
/** What merely names a part, and what the kubelet fills in. */
/** The names of sysctls are what is asked for. */
const IS_NAME = /\.sysctls\[\d+\]$/
const NAMES = new Set(['name', 'terminationMessagePath', 'terminationMessagePolicy', 'imagePullPolicy', 'schedulerName', 'restartPolicy'])
/** Lists of the pod's spec that are told apart by a field. */
const KEYS: Readonly<Record<string, string>> = {
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  hostAliases: 'ip',
}

/**
 * The field of a pod template whose value a message of the runtime quotes, as a whole or as the end of a path; of several the one with the
 * longest value, and of equals the container's own. null when it quotes none.
 */
export function quotedField(workload: KubeObject, container: string, text: string): string | null {
  const { containers: _, initContainers: __, ephemeralContainers: ___, ...pod } = podSpecOf(workload) ?? {}
  const found = [
    ...leaves(containerSpec(workload, container)?.spec ?? {}, containerField(workload, container), 0),
    ...leaves(pod, podField(workload, '').replace(/\.$/, ''), 0),
  ].filter(({ value }) => quotes(text, value))
  return found.sort((a, b) => b.value.length - a.value.length)[0]?.field ?? null
}

function quotes(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    if (!/\w/.test(text[at - 1] ?? ' ') && !/[\w/]/.test(text[at + value.length] ?? ' ')) return true
  return false
}

function leaves(value: any, path: string, depth: number): { field: string; value: string }[] {
  if (depth > MAX_DEPTH || value === null || value === undefined) return []
  if (typeof value === 'string') return value.length >= 5 ? [{ field: path, value }] : []
  if (Array.isArray(value)) {
    const key = KEYS[path.slice(path.lastIndexOf('.') + 1)]
    return value.flatMap((part, i) =>
      leaves(part, key && part?.[key] !== undefined ? item(path, key, part[key]) : element(path, i), depth + 1),
    )
  }
  if (typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, part]) =>
    NAMES.has(key) && !IS_NAME.test(path) ? [] : leaves(part, entry(path, key), depth + 1),
  )
}
