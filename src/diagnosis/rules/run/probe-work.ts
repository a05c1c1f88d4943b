import { lastEnd, type ContainerView } from '../../snapshot/containers.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Draft } from '../rule.ts'

/** What a program does before it serves, and how it says that it serves, or cannot. */
const WORK =
  /\b(?:updating|migrat\w+|upgrad\w+|replay\w*|recover\w*|redo|loading|rebuild\w*|index\w*|restor\w+|import\w*|warm\w*|compact\w+|initiali[sz]\w+|applying|scanning|verifying|unpacking|download\w+|preparing|precompil\w+|generating|syncing|synchroni[sz]\w+|bootstrapping|changelog|alter table|create index)\b|\d{1,3} ?%/i
const DONE =
  /\b(?:started in|is ready|ready (?:to|for)|listening|accepting connections|startup complete|(?:err(?:or)?|fatal|fail(?:ed|ure)?|exception|cannot|could not|unable|refused|denied|panic))\b/i

/** Its last words, when the kubelet ended it while it was at work and nothing had gone wrong. */
export function atWork(snapshot: Snapshot, view: ContainerView): Draft | null {
  const end = lastEnd(view)
  if (!end || end.reason === 'OOMKilled' || ![0, 137, 143].includes(end.exitCode)) return null
  const previous = view.last !== null && !view.terminated
  const lines = (snapshot.log(view, previous) ?? []).filter((line) => line.trim() !== '').slice(-4)
  const said = lines.findLast((line) => WORK.test(line))
  if (!said || lines.some((line) => DONE.test(line))) return null
  const ref = `log/${logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, previous)}`
  return { source: 'log', ref, text: said.trim() }
}
