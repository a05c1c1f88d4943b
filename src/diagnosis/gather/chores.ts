import type { KubeObject } from '#cluster'
import type { DiagnosisRequest } from '../request.ts'
import type { Aim } from './aim.ts'
import { podSpecOf } from '../snapshot/field-path.ts'
import { callsOf } from '../snapshot/hosts.ts'
import { leavesOf } from '../snapshot/leaves.ts'
import { isOverdue, saidBy } from '../snapshot/backlog.ts'
import { wordsOf } from '../snapshot/named-settings.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

/** Words that many alerts and many commands share. */
const PLAIN =
  /^(?:alert|alerts|database|databases|server|service|services|cluster|error|errors|failed|failure|policy|allows|older|hours|minutes|seconds|command|registry|example|image|value|warning|critical|production|monitoring|there|which|their|about|after|since|stage|latest|default|needs|never|other|these|those|would|could|should|before)$/

/**
 * CronJobs that do what an alert misses. Such an alert names the data that is too old (a database, a table, an index), not the CronJob: that one
 * shares a telling word with it, or else works on what it names.
 */
export function choresOf(snapshot: Snapshot, aim: Aim, alert: DiagnosisRequest['alert']): KubeObject[] {
  const namespace = aim.object?.kind === 'Namespace' ? aim.object.metadata.name : aim.object?.metadata.namespace
  if (!alert || !namespace) return []
  const text = saidBy(alert)
  const own = new Set(wordsOf([namespace, aim.object!.metadata.name, ...aim.workloads.map((w) => w.metadata.name)].join(' ')).split(' '))
  const words = text.split(' ').filter((word) => word.length >= 5 && !own.has(word) && !PLAIN.test(word))
  if (!isOverdue(alert)) return []
  const crons = [
    ...snapshot.all('CronJob', namespace),
    ...snapshot.customs.filter((o) => o.metadata.namespace === namespace && isPlanned(o)),
  ]
  const alike = crons.filter((cron) => words.some((word) => doing(cron).has(word)))
  if (alike.length > 0) return alike
  return crons.filter(
    (cron) =>
      leavesOf(cron.spec ?? {}, '').some((l) => l.key === 'name' && aim.workloads.some((w) => w.metadata.name === l.value)) ||
      callsOf(snapshot, cron).some(({ service: { namespace: where, name } }) =>
        snapshot
          .podsSelected(where ?? '', snapshot.get('Service', where, name)?.spec?.selector)
          .some((pod) => aim.workloads.includes(snapshot.workloadOf(pod))),
      ),
  )
}

/** A custom resource by which an operator does something again and again. */
const isPlanned = ({ spec }: KubeObject): boolean =>
  leavesOf(spec ?? {}, '').some((l) => /^(?:schedule|cron|cronSchedule|crontab)$/.test(l.key))

/** The words of what it runs. */
function doing(cron: KubeObject): Set<string> {
  const said = [
    cron.kind,
    cron.metadata.name,
    ...(podSpecOf(cron)?.containers ?? []).flatMap((c: any) => [
      c.name,
      String(c.image).replace(/^.*\/|[:@].*$/g, ''),
      ...leavesOf({ command: c.command ?? [], args: c.args ?? [] }, '').map((l) => l.value),
    ]),
  ]
  return new Set(wordsOf(said.join(' ')).split(' '))
}
