import { setTimeout as sleep } from 'node:timers/promises'
import { isMissingRight, ReadError, type Jobs } from '#cluster'
import { errorText, InputError, RetryableError, TerminalError } from '#kit/errors'
import type { RunState } from '#store'
import { LostRun } from '../failure.ts'
import type { Run, StepContext } from '../run.ts'
import { DEFAULT_SERVICE_ACCOUNT } from '../step-diagnose.ts'
import type { Command } from './command.ts'
import { failed, told, type Outcome } from './failed-program.ts'
import { followJob, Refused, type Followed, type FollowOptions } from './follow-job.ts'
import { jobManifest, jobName } from './job-manifest.ts'
import { remedyOf } from './judge-job.ts'

const AGAIN_MS = 1_000
const CLEAR_MS = 15_000
/** The cluster ends what Inquest did not. */
const DEADLINE_SLACK_S = 10

export type Watching = Pick<FollowOptions, 'until' | 'allowed' | 'onPiece' | 'mustEnd'>

/**
 * One try as a Job, which has its name from run, step, attempt and try. The intent is committed under the run's epoch before it is created, what
 * came of it before it is deleted. So an execution that goes on where another one died finds the Job that is there, or what came of it;
 * and a Job that somebody else has deleted is not made again.
 */
export async function runJob(
  run: Run,
  { spec, tryNumber, signal, timeline }: StepContext,
  command: Command,
  begin: (state: RunState) => Watching,
  conclude: (followed: Followed) => Promise<Outcome>,
): Promise<Outcome> {
  const { parts, investigation, owner } = run
  const { namespace } = investigation
  const account = investigation.input.workflow.spec.serviceAccountName ?? DEFAULT_SERVICE_ACCOUNT
  const of = { namespace, investigation, attempt: owner.attempt, step: spec.name, try: tryNumber, spec: spec.run!, command }
  const name = jobName(of)
  const jobs = await parts.runners.jobs(namespace, account)
  try {
    const intent = await parts.runs.intendRun(owner, { step: spec.name, try: tryNumber, namespace, account, name })
    if (!intent) throw new LostRun()
    const clear = (): Promise<void> => clearAway(run, jobs, { step: spec.name, try: tryNumber, name })
    if (intent.outcome) {
      await clear()
      return intent.outcome as Outcome
    }
    const watching = begin(intent)
    // Until something is known of it: what an execution before this one may have made is never taken for absent.
    let isThere = !intent.isNew
    const say = (text: string): void => timeline.progress('progress', { text })
    try {
      const deadlineSeconds = Math.max(1, Math.ceil((watching.until - performance.now()) / 1_000)) + DEADLINE_SLACK_S
      if (intent.uid === null) {
        const uid = await create(jobs, jobManifest({ ...of, deadlineSeconds }), { watching, say, signal })
        if (!(await parts.runs.keepRun(owner, of, { uid }))) throw new LostRun()
        isThere = true
      }
      say(intent.isNew ? `Job ${namespace}/${name}` : `Job ${namespace}/${name} was there already`)
      const followed = await followJob(jobs, { ...watching, namespace, name, say, signal })
      const outcome = await conclude(followed)
      if (!(await parts.runs.keepRun(owner, of, { outcome }))) throw new LostRun()
      await clear()
      return outcome
    } catch (error) {
      // One that others go on with stays; it ends with the investigation in any case (left-jobs.ts).
      if (!isThere && isRefusal(error))
        await parts.runs.markCleared({ investigationId: owner.id, attempt: owner.attempt, step: spec.name, try: tryNumber })
      else if (!(error instanceof LostRun) && !parts.life.stopped.aborted && (await isOurs(run))) await clear()
      if (error instanceof Refused || isMissingRight(error))
        throw new TerminalError(told(errorText(error), jobs.remedy(namespace)), { cause: error })
      throw error
    }
  } finally {
    jobs.close()
  }
}

/** Whether the cluster has said that it makes no such Job. */
const isRefusal = (error: unknown): boolean =>
  error instanceof TerminalError || error instanceof RetryableError || error instanceof InputError

/** Only a quota may have room later. */
function refusal(error: ReadError): Error {
  const text = told(`the cluster refuses the Job: ${error.message}`, remedyOf(error.message))
  return /exceeded quota/.test(error.message) ? new RetryableError(text, { cause: error }) : new TerminalError(text, { cause: error })
}

/** The uid of the Job, made now or by an execution that died before it could say so. An API server that is away is waited for. */
async function create(
  jobs: Jobs,
  job: ReturnType<typeof jobManifest>,
  { watching, say, signal }: { watching: Watching; say(text: string): void; signal: AbortSignal },
): Promise<string> {
  const { namespace, name } = job.metadata
  let hasWaited = false
  for (;;) {
    try {
      const made = await jobs.create(job, signal)
      if (made === 'gone')
        throw new InputError(`the namespace ${namespace} does not exist or is being deleted`, { remedy: 'Create it, or name another one.' })
      const there = made === 'exists' ? await jobs.get(namespace!, name, signal) : made
      if (there?.metadata.uid) return there.metadata.uid
    } catch (error) {
      if (error instanceof InputError)
        throw new InputError(`the Job is not as the cluster wants it: ${error.message}`, { remedy: error.remedy })
      if (!(error instanceof ReadError)) throw error
      if (isMissingRight(error)) throw new TerminalError(told(error.message, jobs.remedy(namespace!)), { cause: error })
      if (error.reason !== 'Unreachable' && error.reason !== 'Timeout') throw refusal(error)
      if (performance.now() >= watching.until) throw error
      if (!hasWaited) say(`the cluster takes no Job yet: ${error.message}`)
      hasWaited = true
    }
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

/** Deletes the Job with its pod. What fails here is done again once the investigation has ended. */
async function clearAway({ parts, investigation, owner }: Run, jobs: Jobs, of: { step: string; try: number; name: string }): Promise<void> {
  try {
    await jobs.delete(investigation.namespace, of.name, AbortSignal.timeout(CLEAR_MS))
    await parts.runs.markCleared({ investigationId: owner.id, attempt: owner.attempt, ...of })
  } catch (error) {
    parts.log.warn({ investigation: owner.id, job: of.name, error: errorText(error) }, 'a Job could not be deleted yet')
  }
}

/** Whether no other execution has the run: then nobody else goes on with its Job. */
async function isOurs({ parts, owner }: Run): Promise<boolean> {
  const now = await parts.runs.getInvestigation(owner.id).catch(() => null)
  return now !== null && (now.completedAt !== null || now.epoch === owner.epoch)
}

export const tooMuch = (megabytes: number): Outcome =>
  failed(`the program printed more than ${megabytes} MB and was stopped`, 'Let it print less, or write elsewhere.', false)
