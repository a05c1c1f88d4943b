import type { KubeObject } from '#cluster'
import { isCrashing, type ContainerView } from '../../snapshot/containers.ts'
import { keyOf, logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Draft } from '../rule.ts'

/** A line of a log that says something of Kubernetes itself, whatever else the log says. */
export interface Line {
  workload: KubeObject
  view: ContainerView
  match: RegExpExecArray
  said: Draft
  isCrashing: boolean
  /** How many lines of the log say the same. */
  repeats: number
}

/** The newest such line of each workload, container and text; the log of the run before counts where the container keeps ending. */
export function linesWith(snapshot: Snapshot, pattern: RegExp): Line[] {
  const found = new Map<string, Line>()
  for (const view of snapshot.containers) {
    const ends = isCrashing(view, snapshot.now)
    for (const previous of ends ? [true, false] : [false]) {
      const lines = (snapshot.log(view, previous) ?? []).map((l) => l.slice(0, 2_000).replaceAll('\\"', '"'))
      const hits = lines.map((line) => pattern.exec(line)).filter((m) => m !== null)
      const match = hits.at(-1)
      if (!match) continue
      const workload = snapshot.workloadOf(view.pod)
      const key = `${keyOf(workload)} ${view.name} ${match.slice(1).join(' ')}`
      const ref = `log/${logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, previous)}`
      if (!found.has(key))
        found.set(key, {
          workload,
          view,
          match,
          said: { source: 'log', ref, text: match.input.trim() },
          isCrashing: ends,
          repeats: hits.length,
        })
    }
  }
  return [...found.values()]
}
