import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { containersOf } from '../../snapshot/containers.ts'
import { containerField } from '../../snapshot/field-path.ts'
import { lastRun } from '../../snapshot/last-run.ts'
import { settingQuoted, settingSaid } from '../../snapshot/said-settings.ts'
import { settingsOf } from '../../snapshot/settings.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import { placeOf } from './log-rule.ts'
import { inspect } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

export const runLog: Rule = {
  id: 'run-log',
  title: 'A run that ended well says in its log that it did not work',
  means:
    'The program ends with 0 although what it was to do failed: an exit code that a script swallows, an error that is only written down.',
  looksAt: 'The log of the last run of CronJobs that completed. It counts only when an alert asks about the CronJob or what it does.',
  mend: 'Correct what the line names, and let the script end with the error.',
  look: (snapshot) => snapshot.all('CronJob').flatMap((cron) => failed(snapshot, cron) ?? []),
}

const COMPLAINT =
  /\b(?:error|fatal|fail(?:ed|ure)|cannot|could not|couldn't|unable to|denied|refused|forbidden|not found|no such|does not exist|timed? ?out|unauthori[sz]ed|skipp(?:ed|ing)|nothing to (?:do|back ?up|upload))\b/i
/** What a summary says when all is well. */
const WELL = /\b(?:0|no|without) (?:error|fail|warning)|errors?[=: ]+0\b|failed[=: ]+0\b/i
const DONE = /\b(?:finished|completed|done|success(?:ful(?:ly)?)?|uploaded|written)\b/i

function failed(snapshot: Snapshot, cron: KubeObject): Seen | null {
  const pod = lastRun(snapshot, cron)
  for (const view of pod ? containersOf(pod) : []) {
    const lines = snapshot.log(view, false) ?? []
    const line = lines.findLast((l) => COMPLAINT.test(l) && !WELL.test(l))
    if (!pod || !line) continue
    const isOver = lines.slice(lines.lastIndexOf(line) + 1).some((l) => DONE.test(l))
    const settings = settingsOf(snapshot, cron, view.name)
    const said =
      settingQuoted(settings, line) ?? settingSaid(settings, line, [cron.metadata.name, cron.metadata.namespace ?? '', view.name])
    // Tried again, and done; a value that it quotes is too telling for that.
    if (isOver && !said) continue
    const object = refOf(cron)
    return {
      on: object,
      failure: 'job',
      container: view.name,
      severity: 'warning',
      summary: `The last run of ${objectText(object)} ended well, but says: ${line.trim().slice(0, 250)}`,
      evidence: [
        { source: 'log', ref: `log/${logKey(pod.metadata.namespace ?? '', pod.metadata.name, view.name, false)}`, text: line.trim() },
      ],
      cause: said ? placeOf(said) : { object, field: containerField(cron, view.name) },
      directness: said ? 0.7 : 0.4,
      open: !said,
      lines: [line],
      tentative: true,
      recommendations: [
        inspect('Read the log of its last run', line.trim().slice(0, 200), `kubectl logs -n ${object.namespace} ${pod.metadata.name}`),
      ],
    }
  }
  return null
}
