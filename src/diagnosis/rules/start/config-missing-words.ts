import type { KubeObject } from '#cluster'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { fromEvent, type Draft } from '../rule.ts'
import type { Missing } from './config-reference.ts'

const OBJECT = /(secret|configmap)s? "([^"/]+)" not found/i
const KEY = /couldn't find key (\S+) in (Secret|ConfigMap) (?:[^/\s]+\/)?([^\s,"]+)/i
const FILE_KEY = /(?:references non-existent (?:config|secret) key|non-existent key)s?:? ?(\S+)/i

/** What a pod's kubelet says is missing: as the reason why a container waits, or in an event about a volume. */
export function missingOf(snapshot: Snapshot, pod: KubeObject): Missing | null {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  for (const status of statuses) {
    const waiting = status.state?.waiting
    if (waiting?.reason !== 'CreateContainerConfigError') continue
    const said: Draft = {
      source: 'object',
      ref: `pod/${pod.metadata.namespace}/${pod.metadata.name}`,
      text: `container ${status.name}: ${waiting.reason}: ${waiting.message}`,
    }
    const found = parse(String(waiting.message ?? ''))
    if (found) return { ...found, container: status.name, volume: null, said }
  }
  if (statuses.some((s) => s.state?.running || s.state?.terminated)) return null
  for (const event of snapshot.eventsOf(pod).filter((e) => e.reason === 'FailedMount')) {
    const volume = /volume "([^"]+)"/.exec(event.message)?.[1] ?? null
    const found = parse(event.message) ?? fileKey(pod, volume, event.message)
    if (found) return { ...found, container: null, volume, said: fromEvent(event) }
  }
  return null
}

function parse(message: string): Pick<Missing, 'kind' | 'name' | 'key'> | null {
  const kind = (word: string): Missing['kind'] => (word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap')
  const key = KEY.exec(message)
  if (key) return { kind: kind(key[2]!), name: key[3]!, key: key[1]! }
  const object = OBJECT.exec(message)
  return object && { kind: kind(object[1]!), name: object[2]!, key: null }
}

function fileKey(pod: KubeObject, volume: string | null, message: string): Pick<Missing, 'kind' | 'name' | 'key'> | null {
  const key = FILE_KEY.exec(message)?.[1]
  const source = pod.spec?.volumes?.find((v: any) => v.name === volume)
  if (!key || !source) return null
  if (source.configMap) return { kind: 'ConfigMap', name: source.configMap.name, key }
  return source.secret ? { kind: 'Secret', name: source.secret.secretName, key } : null
}
