import { refOf, type KubeObject } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { rarer } from './cronjob-rarer.ts'
import { advise } from '../recommend.ts'
import { fromEvent, fromObject, type Rule, type Seen } from '../rule.ts'

export const cronJobSchedule: Rule = {
  id: 'cronjob-schedule',
  title: 'A CronJob starts no Job',
  means:
    'Its schedule names a day that no month has, or was changed before an alert said that something is not done; or concurrencyPolicy Forbid waits for a run that does not end.',
  looksAt: 'The schedule of CronJobs, their concurrencyPolicy, and how long their active Job runs.',
  mend: 'Correct the schedule; end the run that hangs, and bound the next ones with activeDeadlineSeconds.',
  look: (snapshot) => snapshot.all('CronJob').flatMap((cron) => [...never(cron), ...waits(snapshot, cron), ...rarer(snapshot, cron)]),
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** The numbers of one field of a schedule (`1-5`, `*\/2`, `apr,jun`), or null when it is not understood. */
export function fieldOf(text: string, from: number, to: number, names: readonly string[] = []): number[] | null {
  const found = new Set<number>()
  for (const part of text.toLowerCase().split(',')) {
    const match = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/.exec(part)
    if (!match) return null
    const number = (word: string): number => (names.includes(word) ? names.indexOf(word) + from : Number(word))
    const any = match[1] === '*' || match[1] === '?'
    const start = any ? from : number(match[1]!)
    const end = match[2] ? number(match[2]) : any || match[3] ? to : start
    if (Number.isNaN(start) || Number.isNaN(end)) return null
    for (let at = start; at <= Math.min(end, to); at += Number(match[3] ?? 1) || 1) found.add(at)
  }
  return [...found]
}

function never(cron: KubeObject): Seen[] {
  const parts = String(cron.spec?.schedule ?? '')
    .trim()
    .split(/\s+/)
  const [, , day = '', month = '', weekday = ''] = parts
  // With a day of the week given, too, either of the two is enough.
  if (parts.length !== 5 || !/^[*?]$/.test(weekday)) return []
  const [days, months] = [fieldOf(day, 1, 31), fieldOf(month, 1, 12, MONTHS)]
  if (!days?.length || !months?.length || months.some((m) => days.some((d) => d <= DAYS[m - 1]!))) return []
  const object = refOf(cron)
  return [
    {
      on: object,
      failure: 'job',
      severity: 'critical',
      summary: `CronJob ${object.namespace}/${object.name} never starts: its schedule "${cron.spec.schedule}" names a day that does not exist`,
      evidence: [fromObject(cron, `schedule ${cron.spec.schedule}; lastScheduleTime ${cron.status?.lastScheduleTime ?? 'none'}`)],
      cause: { object, field: 'spec.schedule' },
      since: time(cron.metadata.creationTimestamp),
      directness: 0.93,
      recommendations: [advise('Name a day that every one of the months has, for example 28', 'The month ends before the day comes.')],
    },
  ]
}

function waits(snapshot: Snapshot, cron: KubeObject): Seen[] {
  if (cron.spec?.concurrencyPolicy !== 'Forbid' || cron.spec?.suspend) return []
  const held = snapshot.eventsOf(cron).find((e) => e.reason === 'JobAlreadyActive')
  const running = snapshot
    .ownedBy(cron)
    .filter(
      (o) =>
        o.kind === 'Job' && o.status?.active && condition(o, 'Complete')?.status !== 'True' && condition(o, 'Failed')?.status !== 'True',
    )
    .sort((a, b) => (a.metadata.creationTimestamp! < b.metadata.creationTimestamp! ? -1 : 1))[0]
  if (!held || !running) return []
  const object = refOf(cron)
  const began = time(running.status?.startTime)
  const bound = running.spec?.activeDeadlineSeconds === undefined
  return [
    {
      on: object,
      failure: 'job',
      severity: 'warning',
      summary: `CronJob ${object.namespace}/${object.name} starts no run: Job ${running.metadata.name} still runs${began === null ? '' : ` after ${Math.round((snapshot.now - began) / 60_000)} minutes`}, and concurrencyPolicy is Forbid`,
      evidence: [fromEvent(held), fromObject(running, `active ${running.status.active}, started ${running.status.startTime}`)],
      cause: { object, field: bound ? 'spec.jobTemplate.spec.activeDeadlineSeconds' : 'spec.concurrencyPolicy' },
      since: began,
      directness: 0.85,
      tentative: true,
      alternatives: [{ object, field: 'spec.concurrencyPolicy', summary: 'Runs may not overlap' }],
      recommendations: [
        advise(
          `End Job ${running.metadata.name}, and give the CronJob’s runs an activeDeadlineSeconds`,
          'A run that hangs keeps all later ones from starting.',
        ),
      ],
    },
  ]
}
