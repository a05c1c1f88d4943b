import { refOf } from '#cluster'
import { errorText } from '#kit/errors'
import type { Diagnose } from './request.ts'
import { attribute } from './explain/attribute.ts'
import { problemsOf, targeted, type Problem } from './explain/causes.ts'
import { explainAll } from './explain/graph.ts'
import { byMaker } from './explain/maker.ts'
import { report } from './explain/report.ts'
import { gather } from './gather/gather.ts'
import { observe, type Observation } from './rules/rule.ts'
import { rules } from './rules/rules.ts'
import { time } from './snapshot/events.ts'
import type { Snapshot } from './snapshot/snapshot.ts'

/** Gather once, let every rule look, find what explains what, report. */
export const diagnose: Diagnose = async (reader, request, options) => {
  const { snapshot, aim, incomplete, couldLook } = await gather(reader, request, options)
  options.signal.throwIfAborted()
  const failed: string[] = []
  const observations = look(snapshot, (id, error) => failed.push(`rule ${id} could not be applied: ${errorText(error)}`))
  for (const { severity, summary, tentative } of observations)
    if (!tentative) options.onProgress({ phase: 'finding', text: summary, severity })
  const target = targeted(snapshot, aim, request.alert)
  const explained = (some: readonly Observation[]): Problem[] => {
    const nodes = explainAll(
      snapshot,
      some.map((o) => attribute(snapshot, byMaker(snapshot, o))),
      time(request.alert?.startsAt),
    )
    return problemsOf(nodes, target)
  }
  const found = explained(observations.filter((o) => !o.isLast))
  const problems = found.some((p) => p.related > 0) ? found : [...explained(observations.filter((o) => o.isLast)), ...found]
  return report(
    problems,
    target,
    aim.object ? refOf(aim.object) : request.target,
    [...incomplete, ...failed.map((text) => ({ text, kind: 'refused' as const }))],
    couldLook,
  )
}

/** Everything that the rules see. A rule that an odd object throws off takes none of the others along. */
function look(snapshot: Snapshot, onFailure: (rule: string, error: unknown) => void): Observation[] {
  return rules.flatMap((rule) => {
    try {
      return rule.look(snapshot).map((seen) => observe(rule.id, seen))
    } catch (error) {
      onFailure(rule.id, error)
      return []
    }
  })
}
