import { refOf } from '#cluster'
import { time } from '../../snapshot/events.ts'
import { advise } from '../recommend.ts'
import { fromEvent, fromObject, type Rule, type Seen } from '../rule.ts'

export const cronJobReplaced: Rule = {
  id: 'cronjob-replaced',
  title: 'A CronJob replaces its own runs before they are done',
  means:
    'concurrencyPolicy Replace ends the run that goes on when the next one is due: one that takes longer than the schedule is never done.',
  looksAt:
    'CronJobs with concurrencyPolicy Replace, the runs that they deleted, and when one last succeeded. It counts only when an alert asks about it.',
  mend: 'Run it less often, make it faster, or use Forbid.',
  look: (snapshot) =>
    snapshot.all('CronJob').flatMap((cron): Seen[] => {
      const deleted = snapshot.eventsOf(cron).find((e) => e.reason === 'SuccessfulDelete' && snapshot.now - (e.last ?? 0) < RECENT)
      const scheduled = time(cron.status?.lastScheduleTime)
      const done = time(cron.status?.lastSuccessfulTime)
      if (cron.spec?.concurrencyPolicy !== 'Replace' || !deleted || !cron.status?.active?.length) return []
      if (done !== null && scheduled !== null && scheduled - done < RECENT) return []
      const object = refOf(cron)
      return [
        {
          on: object,
          failure: 'job',
          severity: 'warning',
          summary: `CronJob ${object.namespace}/${object.name} ends each run when the next is due ("${cron.spec.schedule}", concurrencyPolicy Replace); ${done === null ? 'none has succeeded' : `the last one that succeeded was at ${cron.status.lastSuccessfulTime}`}`,
          evidence: [fromEvent(deleted), fromObject(cron, `concurrencyPolicy Replace, schedule ${cron.spec.schedule}`)],
          cause: { object, field: 'spec.concurrencyPolicy' },
          since: deleted.first,
          directness: 0.84,
          tentative: true,
          alternatives: [{ object, field: 'spec.schedule', summary: 'It starts more often than a run takes' }],
          recommendations: [advise('Use concurrencyPolicy Forbid, or a longer schedule', 'A run takes longer than from one to the next.')],
        },
      ]
    }),
}

const RECENT = 2 * 3_600_000
