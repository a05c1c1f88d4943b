import type { ContainerInput, Interval, Occurrence } from './life.ts'
import { answerOf, probeFailure, type ProbeTiming, type ProbeType, timingOf } from './probes.ts'
import type { ProbeAnswer } from './behaviours.ts'

interface Failing extends Interval {
  answer: ProbeAnswer
}

export interface Probing {
  startedAt: number
  ready: Interval[]
  /** A liveness or startup probe has failed often enough: the kubelet kills the container. */
  killed: { at: number; probe: 'liveness' | 'startup' } | null
  occurrences: Occurrence[]
}

/** What the probes of one run find, from its start to `end`, where it would end without them. */
export function probeRun(input: ContainerInput, start: number, end: number): Probing {
  const { spec } = input
  const last = Math.min(end, input.horizon)
  const occurrences: Occurrence[] = []
  let startedAt = start

  if (spec.startupProbe) {
    const timing = timingOf(spec.startupProbe)
    const failing = failingWindows('startup', input, start)
    const first = start + timing.first
    startedAt = firstSuccess(failing, first, timing)
    const killAt = first + (timing.failureThreshold - 1) * timing.period
    const killed = killAt < Math.min(startedAt, end) ? killAt : null
    const until = Math.min(killed ?? startedAt - 1, last)
    occurrences.push(...failuresOf('Startup', input, failing, first, timing, until))
    if (killed !== null && killed <= last) return { startedAt: Infinity, ready: [], killed: { at: killed, probe: 'startup' }, occurrences }
    if (startedAt > end) return { startedAt: Infinity, ready: [], killed: null, occurrences }
  }

  const killed = spec.livenessProbe ? livenessKill(input, start, startedAt, last) : null
  const stop = Math.min(end, killed?.at ?? Infinity)
  if (spec.livenessProbe) {
    const timing = timingOf(spec.livenessProbe)
    const first = firstTick(start, startedAt, timing)
    occurrences.push(...failuresOf('Liveness', input, failingWindows('liveness', input, start), first, timing, Math.min(stop, last)))
  }
  if (!spec.readinessProbe) return { startedAt, ready: [{ from: startedAt, to: stop }], killed, occurrences }
  const timing = timingOf(spec.readinessProbe)
  const failing = failingWindows('readiness', input, start)
  const first = firstTick(start, startedAt, timing)
  occurrences.push(...failuresOf('Readiness', input, failing, first, timing, Math.min(stop - 1, last)))
  return { startedAt, ready: readyIntervals(failing, first, timing, stop), killed, occurrences }
}

/** When, in this run, a probe is answered badly. */
function failingWindows(type: 'readiness' | 'liveness' | 'startup', input: ContainerInput, start: number): Failing[] {
  const probe = input.spec[`${type}Probe`]
  return input.behaviours
    .flatMap((b) => {
      const answer = answerOf(probe, input.spec, b.probes?.[type], b.listens)
      return answer ? [{ from: Math.max(b.since, start + (answer.after ?? 0) * 1000), to: b.until, answer }] : []
    })
    .filter(({ from, to }) => from < to && to > start)
    .sort((a, b) => a.from - b.from)
}

function livenessKill(input: ContainerInput, start: number, startedAt: number, last: number): Probing['killed'] {
  const timing = timingOf(input.spec.livenessProbe)
  const first = firstTick(start, startedAt, timing)
  for (const { from, to } of failingWindows('liveness', input, start)) {
    const at = tickFrom(first, timing.period, from) + (timing.failureThreshold - 1) * timing.period
    if (at < to && at <= last) return { at, probe: 'liveness' }
  }
  return null
}

const tickFrom = (first: number, period: number, at: number) => first + Math.max(0, Math.ceil((at - first) / period)) * period
const firstTick = (start: number, startedAt: number, timing: ProbeTiming) => tickFrom(start + timing.first, timing.period, startedAt)

function firstSuccess(failing: Failing[], first: number, { period, successThreshold }: ProbeTiming): number {
  let at = first
  for (const { from, to } of failing) {
    if (from <= at && at < to) at = to === Infinity ? Infinity : tickFrom(first, period, to)
  }
  return at + (successThreshold - 1) * period
}

function readyIntervals(failing: Failing[], first: number, timing: ProbeTiming, stop: number): Interval[] {
  const intervals: Interval[] = []
  let from = firstSuccess(failing, first, timing)
  for (const window of failing) {
    const unready = tickFrom(first, timing.period, window.from) + (timing.failureThreshold - 1) * timing.period
    if (unready <= from || unready >= window.to || unready >= stop) continue
    intervals.push({ from, to: unready })
    from = window.to === Infinity ? Infinity : tickFrom(first, timing.period, window.to) + (timing.successThreshold - 1) * timing.period
  }
  return from < stop ? [...intervals, { from, to: stop }] : intervals
}

function* failuresOf(
  type: ProbeType,
  input: ContainerInput,
  failing: Failing[],
  first: number,
  { period }: ProbeTiming,
  last: number,
): Generator<Occurrence> {
  const probe = input.spec[`${type.toLowerCase()}Probe`]
  const container = { name: input.spec.name as string, init: input.init }
  for (const { from, to, answer } of failing) {
    const message = probeFailure(type, probe, input.spec, input.podIP, answer)
    for (let at = tickFrom(first, period, from); at < to && at <= last; at += period) {
      yield { at, type: 'Warning', reason: 'Unhealthy', message, container }
    }
  }
}
