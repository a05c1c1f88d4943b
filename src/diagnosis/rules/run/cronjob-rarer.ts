import { refOf, type KubeObject } from '#cluster'
import { isOverdue } from '../../snapshot/backlog.ts'
import { editsOf } from '../../snapshot/edits.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Seen } from '../rule.ts'

/** So long before an alert that misses something a schedule may have been changed. ms */
const LATELY = 35 * 24 * 3_600_000

/** An alert misses what it does, and its schedule was written anew since it did it last. */
export function rarer({ asked }: Snapshot, cron: KubeObject): Seen[] {
  const edit = editsOf(cron).find((e) => e.field === 'spec.schedule')
  const { startsAt } = asked ?? { startsAt: null }
  if (!asked || startsAt === null || !edit?.at || edit.at > startsAt || startsAt - edit.at > LATELY || !isOverdue(asked)) return []
  const object = refOf(cron)
  return [
    {
      on: object,
      failure: 'job',
      severity: 'warning',
      summary: `The schedule of CronJob ${object.namespace}/${object.name} was changed to "${cron.spec?.schedule}", and what it does is missed now`,
      evidence: [fromObject(cron, `schedule ${cron.spec?.schedule}; lastScheduleTime ${cron.status?.lastScheduleTime ?? 'none'}`)],
      cause: { object, field: 'spec.schedule' },
      since: edit.at,
      directness: 0.68,
      tentative: true,
      recommendations: [
        advise('Hold the schedule against how often it has to run', `It is "${cron.spec?.schedule}" since somebody wrote it.`),
      ],
    },
  ]
}
