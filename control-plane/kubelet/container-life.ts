import { backOffSyncs, CrashBackoff, pullAttempts } from './backoff.ts'
import type { Exit, TimedBehaviour } from './behaviours.ts'
import { aspect, type ContainerInput, type ContainerLife, type Occurrence, type Run, type State } from './life.ts'
import * as say from './messages.ts'
import { probeRun } from './probing.ts'

const SECOND = 1000
/** Between "the runtime is asked" and "the process runs". */
const START = SECOND / 4
const ERROR_SYNC = 12 * SECOND

/**
 * A container's life as a pure function of its spec, the behaviours that hold for it, and time: image, configuration, run, probes, exit,
 * back-off, and again. It is computed up to the horizon at once, so a crash loop that has gone on for days costs no waiting.
 */
export function containerLife(input: ContainerInput): ContainerLife {
  const life: ContainerLife = { segments: [], runs: [], occurrences: [], endedAt: null }
  const backoff = new CrashBackoff()
  const failures = new Map<TimedBehaviour, number>()
  let at = input.startAt
  while (at <= input.horizon && at < input.stopAt) {
    const start = prepare(input, life, at)
    if (start === null) return life
    const run = runFrom(input, life, start, failures)
    life.runs.push(run)
    if (run.end > input.horizon) return life
    const again = input.restart === 'Always' || (input.restart === 'OnFailure' && run.code !== 0)
    enter(life, run.end, { kind: 'terminated', run, last: previous(life) })
    if (!again || run.end >= input.stopAt) {
      life.endedAt = run.end
      return life
    }
    const delay = backoff.next(run.end)
    if (delay > 0) crashLoop(input, life, run, delay)
    at = run.end + Math.max(delay, SECOND)
  }
  return life
}

function enter(life: ContainerLife, from: number, state: State, restarts = Math.max(0, life.runs.length - 1)): void {
  life.segments.push({ from, restarts, state })
}
const previous = (life: ContainerLife) => life.runs.at(-2) ?? null

/** Image and configuration: returns when the process starts, or null if it does not before the horizon. */
function prepare(input: ContainerInput, life: ContainerLife, from: number): number | null {
  const { spec, behaviours } = input
  const last = life.runs.at(-1) ?? null
  const note = noting(input, life)
  let at = from
  const stuck = say.invalidImage(spec.image) ?? (aspect(behaviours, 'pull', at) !== undefined ? say.neverPull(spec) : null)
  if (stuck) {
    enter(life, at, { kind: 'waiting', reason: stuck.reason, message: stuck.message, last })
    for (; at <= Math.min(input.horizon, input.stopAt); at += ERROR_SYNC) {
      note(at, 'Warning', stuck.event, stuck.message)
      note(at, 'Warning', 'Failed', say.containerError(stuck.reason))
    }
    return null
  }
  const error = aspect(behaviours, 'pull', at)
  if (error !== undefined) {
    const until = behaviours.find((b) => b.pull === error && b.since <= at && at < b.until)?.until ?? Infinity
    for (const pull of pullAttempts(at, Math.min(input.horizon, input.stopAt, until))) {
      if (pull.attempt) {
        note(pull.at, 'Normal', 'Pulling', say.pulling(spec.image))
        note(pull.at + SECOND, 'Warning', 'Failed', say.pullFailed(spec.image, error))
        note(pull.at + SECOND, 'Warning', 'Failed', say.containerError('ErrImagePull'))
        enter(life, pull.at + SECOND, { kind: 'waiting', reason: 'ErrImagePull', message: error, last })
      } else {
        note(pull.at, 'Normal', 'BackOff', say.pullBackOff(spec.image))
        note(pull.at, 'Warning', 'Failed', say.containerError('ImagePullBackOff'))
        enter(life, pull.at, { kind: 'waiting', reason: 'ImagePullBackOff', message: say.pullBackOffWaiting(spec.image, error), last })
      }
    }
    if (until > input.horizon) return null
    at = until
  }
  at = pull(input, life, at)
  const { configError } = input
  if (configError && configError.until > at && !last) {
    enter(life, at, { kind: 'waiting', reason: 'CreateContainerConfigError', message: configError.message, last })
    for (; at < configError.until && at <= input.horizon; at += ERROR_SYNC) {
      note(at, 'Warning', 'Failed', say.containerError(configError.message))
      if (at + ERROR_SYNC < configError.until) note(at + ERROR_SYNC, 'Normal', 'Pulled', say.alreadyPresent(spec.image))
    }
    if (configError.until > input.horizon) return null
  }
  const refusal = aspect(behaviours, 'runtime', at)
  if (refusal && refusal.reason !== 'RunContainerError') {
    enter(life, at, { kind: 'waiting', reason: refusal.reason, message: refusal.message, last })
    for (; at <= Math.min(input.horizon, input.stopAt); at += ERROR_SYNC) {
      note(at, 'Warning', 'Failed', say.containerError(refusal.message))
      note(at + ERROR_SYNC, 'Normal', 'Pulled', say.alreadyPresent(spec.image))
    }
    return null
  }
  note(at, 'Normal', 'Created', 'Container created')
  return at + START
}

function pull(input: ContainerInput, life: ContainerLife, at: number): number {
  const { spec } = input
  const note = noting(input, life)
  const first = life.runs.length === 0
  const ms = first && input.pullMs !== null ? input.pullMs : spec.imagePullPolicy === 'Always' ? 400 + (spec.image.length % 7) * 60 : null
  if (ms === null) {
    note(at, 'Normal', 'Pulled', say.alreadyPresent(spec.image))
    return at
  }
  note(at, 'Normal', 'Pulling', say.pulling(spec.image))
  note(at + ms, 'Normal', 'Pulled', say.pulled(spec.image, ms, imageSize(spec.image)))
  return at + ms
}

function runFrom(input: ContainerInput, life: ContainerLife, start: number, failures: Map<TimedBehaviour, number>): Run {
  const note = noting(input, life)
  const refusal = aspect(input.behaviours, 'runtime', start)
  const last = life.runs.at(-1) ?? null
  if (refusal) {
    note(start, 'Warning', 'Failed', say.containerError(refusal.message))
    const run: Run = { start: 0, end: start, code: 128, reason: 'StartError', message: refusal.message, startedAt: Infinity, ready: [] }
    enter(life, start, { kind: 'waiting', reason: 'RunContainerError', message: refusal.message, last }, life.runs.length)
    return run
  }
  note(start, 'Normal', 'Started', 'Container started')
  const { behaviour, exit, end: exitAt } = nextExit(input, start, failures)
  const probing = probeRun(input, start, Math.min(exitAt, input.stopAt))
  life.occurrences.push(...probing.occurrences)
  const { startedAt, ready } = probing
  const run: Run = { start, end: Infinity, code: 0, reason: 'Completed', startedAt, ready }
  enter(life, start, { kind: 'running', run, last }, life.runs.length)

  if (probing.killed) {
    const { at, probe } = probing.killed
    note(at, 'Normal', 'Killing', say.restartedByProbe(input.spec.name, probe))
    const { code, after } = stopOf(input, at)
    Object.assign(run, { end: at + after, code, reason: code === 0 ? 'Completed' : 'Error' })
  } else if (input.stopAt < exitAt) {
    const { code, after } = stopOf(input, input.stopAt)
    note(input.stopAt, 'Normal', 'Killing', say.stopping(input.spec.name))
    Object.assign(run, { end: input.stopAt + after, code, reason: code === 0 ? 'Completed' : 'Error' })
  } else if (exit) {
    if (behaviour && exit.code !== 0) failures.set(behaviour, (failures.get(behaviour) ?? 0) + 1)
    const code = exit.oom ? 137 : exit.code
    Object.assign(run, {
      end: exitAt,
      code,
      reason: exit.oom ? 'OOMKilled' : (exit.reason ?? (code === 0 ? 'Completed' : 'Error')),
      message: exit.message,
    })
  }
  run.ready = ready.map(({ from, to }) => ({ from, to: Math.min(to, run.end) })).filter(({ from, to }) => from < to)
  return run
}

/** When and how the program ends by itself: as a behaviour says, or well if it is one that ends (init containers, Jobs). */
function nextExit(input: ContainerInput, start: number, failures: Map<TimedBehaviour, number>) {
  for (const behaviour of input.behaviours) {
    const { exits, since, until } = behaviour
    if (!exits || (failures.get(behaviour) ?? 0) >= (exits.times ?? Infinity)) continue
    const end = Math.max(start, since) + exits.after * SECOND
    if (start < until && end < until) return { behaviour, exit: exits, end }
  }
  const ends = input.restart !== 'Always'
  const exit: Exit | null = ends ? { code: 0, after: input.init ? 2 : 14 } : null
  return { behaviour: null, exit, end: exit ? start + exit.after * SECOND : Infinity }
}

function stopOf(input: ContainerInput, at: number): { code: number; after: number } {
  const stop = aspect(input.behaviours, 'stop', at)
  if (stop === 'ignored') return { code: 137, after: (input.pod.spec.terminationGracePeriodSeconds ?? 30) * SECOND }
  return { code: stop?.code ?? 143, after: (stop?.after ?? 1) * SECOND }
}

function crashLoop(input: ContainerInput, life: ContainerLife, run: Run, delay: number): void {
  const { spec, pod } = input
  const message = say.crashLoopWaiting(delay, spec.name, pod)
  enter(life, run.end + SECOND, { kind: 'waiting', reason: 'CrashLoopBackOff', message, last: run })
  for (const at of backOffSyncs(run.end + SECOND, Math.min(run.end + delay, input.horizon, input.stopAt))) {
    noting(input, life)(at, 'Warning', 'BackOff', say.backOffRestarting(spec.name, pod))
  }
}

function noting(input: ContainerInput, life: ContainerLife) {
  const container = { name: input.spec.name as string, init: input.init }
  return (at: number, type: Occurrence['type'], reason: string, message: string) => {
    life.occurrences.push({ at, type, reason, message, container })
  }
}

/** Some believable number of bytes, always the same for an image. */
function imageSize(image: string): number {
  let hash = 7
  for (const char of image.replace(/[:@][^/]*$/, '')) hash = (hash * 31 + char.charCodeAt(0)) % 90_000_000
  return 12_000_000 + hash
}
