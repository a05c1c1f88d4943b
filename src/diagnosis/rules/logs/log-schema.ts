import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { podSpecOf } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { contradiction, contradictionText } from './contradiction.ts'
import { logRule, placeOf } from './log-rule.ts'
import { isSettled } from '../run/job-settled.ts'

export const databaseSchema = logRule(
  'database-schema',
  {
    title: 'A database, table or column does not exist',
    means: 'The program and its database disagree: another database name, a migration that did not run or failed.',
    mend: 'Correct the name, or run the migration that belongs to this version.',
  },
  (context) => {
    const { hit, settingWith, snapshot, group } = context
    const token = hit.groups['token'] ?? hit.groups['token2'] ?? hit.groups['token3']
    const setting = settingWith(token)
    const says = token ? `the database has no "${token}"` : 'a migration of the database is missing or failed'
    const apart = contradiction(context, ['database', 'vhost'], true)
    if (apart)
      return {
        says: contradictionText(apart),
        cause: placeOf(apart.guilty),
        directness: 0.88,
        alternatives: [{ ...placeOf(apart.other), summary: 'The other end is wrong' }],
      }
    const blames = migrationsOf(snapshot, group.workload)
    return setting ? { says, cause: placeOf(setting), directness: 0.85 } : { says, directness: 0.5, open: true, blames }
  },
)

/** Jobs that did not come to a good end and that should have brought the schema: they run the same image, or are called so. */
function migrationsOf(snapshot: Snapshot, workload: KubeObject): ObjectRef[] {
  const images = (o: KubeObject): string[] =>
    [...(podSpecOf(o)?.containers ?? []), ...(podSpecOf(o)?.initContainers ?? [])].map((c: any) =>
      String(c.image).replace(/[:@][^/]*$/, ''),
    )
  const own = new Set(images(workload))
  return snapshot
    .all('Job', workload.metadata.namespace ?? null)
    .filter((job) => job !== workload && !isSettled(snapshot, job))
    .filter(
      (job) => /migrat|schema|db-?(?:init|setup|update|upgrade)/.test(job.metadata.name) || images(job).some((image) => own.has(image)),
    )
    .map((job) => refOf(snapshot.workloadOf(job)))
}
