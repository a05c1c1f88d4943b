import { errorText } from '#kit/errors'
import type { Parts } from '../parts.ts'

const GRACE_MS = 5_000
const BATCH = 20
const CLEAR_MS = 10_000

/**
 * Deletes Jobs that nobody needs any more and nobody was there to delete: of investigations that were cancelled while no process
 * ran them, of processes that died between a step's record and the Job's end, of attempts that were begun anew.
 */
export async function clearLeftJobs({ runs, runners, log }: Pick<Parts, 'runs' | 'runners' | 'log'>): Promise<void> {
  const left = await runs.leftJobs(GRACE_MS, BATCH)
  await Promise.all(
    left.map(async (job) => {
      try {
        const jobs = await runners.jobs(job.namespace, job.account)
        try {
          await jobs.delete(job.namespace, job.name, AbortSignal.timeout(CLEAR_MS))
        } finally {
          jobs.close()
        }
        await runs.markCleared(job)
      } catch (error) {
        log.warn({ job: `${job.namespace}/${job.name}`, error: errorText(error) }, 'a Job that is left over could not be deleted')
      }
    }),
  )
}
