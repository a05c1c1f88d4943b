import { setTimeout as sleep } from 'node:timers/promises'
import type { Jobs, LogPiece, Watch } from '#cluster'
import { formatDuration } from '#kit/duration'
import { RUN_LABEL } from '#kinds/run-step'
import { failed, type Outcome } from './failed-program.ts'
import { CONTAINER } from './job-manifest.ts'
import { judgeJob, type Trouble, type Verdict } from './judge-job.ts'

/** For people: how long it may run, and what to do when that is too short. */
export interface Allowed {
  time: string
  remedy: string
}

export interface FollowOptions {
  namespace: string
  name: string
  /** Until when it may run, milliseconds of `performance.now()`. */
  until: number
  allowed: Allowed
  onPiece(piece: LogPiece): void
  /** Why it must be ended at once; null: it need not. */
  mustEnd(): Outcome | null
  /** What it is doing, for people. */
  say(text: string): void
  signal: AbortSignal
}

/** How the container ended, or why it did not. */
export type Followed = { exitCode: number; reason: string; message: string } | Outcome

const TICK_MS = 1_000
const COMPLAIN_AFTER_MS = 3_000
const COMPLAIN_EVERY_MS = 3_000
/** After the container's end, for the end of its log. */
const LOG_MS = 20_000
const WATCH = { firstRetryMs: 500, maxRetryMs: 5_000 }

/** Follows a Job that is there from wherever it is to its end. Throws what `signal` was aborted with, and a ReadError for what may not be read. */
export async function followJob(jobs: Jobs, options: FollowOptions): Promise<Followed> {
  const { namespace, name, signal } = options
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  let wake = Promise.withResolvers<void>()
  const onChange = (): void => wake.resolve()
  const seen = { namespaces: [namespace], labelSelector: `${RUN_LABEL}=${name}`, onChange, onTrouble: onChange, timing: WATCH }
  const watches = [jobs.watch('jobs', seen), jobs.watch('pods', seen)] as const
  const patience = createPatience()
  let ended = false
  let log: Promise<unknown> | null = null
  let complaints: string[] = []
  let asked = performance.now() + COMPLAIN_AFTER_MS - COMPLAIN_EVERY_MS
  let said = ''
  try {
    await Promise.all(watches.map((watch) => firstList(watch, both)))
    for (;;) {
      const [job = null] = watches[0].list()
      const pods = watches[1].list()
      // What the watches do not know cannot be told from what is not there.
      const isSure = watches.every((watch) => watch.trouble() === null)
      const verdict = judgeJob(job, pods, complaints)
      if (verdict.kind === 'running' || verdict.kind === 'ended') {
        log ??= jobs.follow({ namespace, pod: verdict.pod, container: CONTAINER, hasEnded: () => ended }, options.onPiece, both)
        log.catch(() => undefined)
      }
      if (verdict.kind === 'ended') {
        ended = true
        await Promise.race([log, sleep(LOG_MS, undefined, { signal: both })])
        return verdict
      }
      if (verdict.kind === 'lost' && isSure) return failed(verdict.message, verdict.remedy)
      const over = options.mustEnd() ?? (isSure && verdict.kind === 'waiting' ? patience.over(verdict.trouble, options) : null)
      if (over) return over
      if (performance.now() >= options.until) return outOfTime(verdict, options.allowed)
      const [key, state] = stateOf(verdict)
      if (key !== said) options.say(state)
      said = key
      if (pods.length === 0 && performance.now() - asked >= COMPLAIN_EVERY_MS) {
        asked = performance.now()
        complaints = await jobs.complaints(namespace, name, both).catch(() => complaints)
        both.throwIfAborted()
      }
      const tick = sleep(Math.min(TICK_MS, Math.max(1, options.until - performance.now())), undefined, { signal: both })
      await Promise.race([wake.promise, tick])
      wake = Promise.withResolvers<void>()
    }
  } finally {
    stop.abort()
    await Promise.all(watches.map((watch) => watch.close()))
  }
}

/** A refusal is no outage: nobody waits for it. */
async function firstList(watch: Watch, signal: AbortSignal): Promise<void> {
  const done = watch.synced.then(() => true)
  for (let synced = false; !synced;) {
    synced = await Promise.race([done, sleep(100, false, { signal })])
    const trouble = watch.trouble()
    if (trouble?.reason === 'Forbidden' || trouble?.reason === 'NoSuchResource') throw new Refused(trouble.message)
  }
}

/** The account may not watch what it started. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** How long the same trouble has lasted. */
function createPatience() {
  let current: { trouble: Trouble; since: number } | null = null
  return {
    over(trouble: Trouble | null, { until }: FollowOptions): Outcome | null {
      const now = performance.now()
      if (!trouble) current = null
      else if (current?.trouble.key === trouble.key) current.trouble = trouble
      else current = { trouble, since: now }
      if (!current) return null
      const { message, remedy, patienceMs } = current.trouble
      // Of a short time half is enough to tell.
      const enough = Math.min(patienceMs, (until - current.since) / 2)
      return now - current.since >= enough ? failed(message, remedy) : null
    },
  }
}

function outOfTime(verdict: Verdict, { time, remedy }: Allowed): Outcome {
  if (verdict.kind === 'waiting' && verdict.trouble) return failed(verdict.trouble.message, verdict.trouble.remedy)
  if (verdict.kind === 'waiting')
    return failed(`the Job's container did not start within ${time}`, `See the events of its pod (a volume, a slow pull). ${remedy}`)
  return tooSlow({ time, remedy })
}

export const tooSlow = ({ time, remedy }: Allowed): Outcome => failed(`the program did not end within ${time} and was stopped`, remedy)

/** The key is the same while nothing new is to be told: the cluster words the same trouble anew with each of its tries. */
function stateOf(verdict: Verdict): [key: string, text: string] {
  if (verdict.kind === 'running') return ['running', `running in pod ${verdict.pod}`]
  const { key, message } = (verdict.kind === 'waiting' && verdict.trouble) || { key: '', message: 'waiting for its container to start' }
  return [`waiting ${key}`, message]
}

/** `byInvestigation`: what it has left is less than what the step may take. */
export function allowedTime(ms: number, byInvestigation: boolean): Allowed {
  const time = formatDuration(Math.round(ms / 1_000) * 1_000 || ms)
  return byInvestigation
    ? {
        time: `${time}, all that the investigation had left for it,`,
        remedy: 'Give the Workflow a longer `timeout`, or the program less to do.',
      }
    : { time, remedy: 'Give the step a longer `timeout`, or the program less to do.' }
}
