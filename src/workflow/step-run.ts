import type { LogPiece } from '#cluster'
import { InputError } from '#kit/errors'
import { LostRun } from './failure.ts'
import { renderCommand, type Command } from './program/command.ts'
import { failed, settle, type Outcome } from './program/failed-program.ts'
import { allowedTime, type Followed } from './program/follow-job.ts'
import { createOutput, endOf, MAX_PRINTED_MB, type Output } from './program/output.ts'
import { runJob, tooMuch, type Watching } from './program/run-job.ts'
import { endLeft, markOf } from './program/left-process.ts'
import { runLocal } from './program/run-local.ts'
import type { Run, RunOutputs, SingleKind, StepContext } from './run.ts'
import { scopeOf } from './scope.ts'
import type { RunState } from '#store'

/** Of the investigation's time, left for the steps after this one: at most so much, at most this share. */
const LEFT_FOR_OTHERS_MS = 15_000
const LEFT_FOR_OTHERS = 0.1
/** Enough to see what came of a Job whose time passed while nobody looked. */
const LEAST_MS = 10_000
const FIRST_LOOKS = 60
const FIRST_LOOK_MS = 500
const LATER_LOOK_MS = 5_000

/**
 * A program, as a Job or (from a folder, where the server's configuration allows it) on the server's own machine. One record. What it printed is
 * kept whole as an artifact and shown as it comes; the outputs hold its end. It is started at most once a try (docs/decisions/0020).
 */
export const programStep: SingleKind = {
  // The program is ended by itself and says so; the record's own time is for what cannot be ended.
  graceMs: 45_000,
  async run(run, context) {
    const spec = context.spec.run!
    const command = renderCommand(spec, scopeOf(run.investigation.input, context.records))
    const output = createOutput()
    const showing = show(output, context)
    const watching = (state: RunState): Watching => {
      const { ms, byInvestigation } = timeFor(run, context, state)
      return {
        until: performance.now() + ms,
        allowed: allowedTime(Math.min(context.timeoutMs, ms + state.ageMs), byInvestigation),
        onPiece: (piece) => output.add(piece),
        mustEnd: () => (output.isTooMuch ? tooMuch(MAX_PRINTED_MB) : null),
      }
    }
    const conclude = (followed: Followed): Promise<Outcome> => {
      showing.stop()
      return concluded(run, context, { command, output, followed })
    }
    try {
      if (spec.image !== undefined) return settle(await runJob(run, context, command, watching, conclude))
      return settle(await here(run, context, { command, output, watching, conclude }))
    } finally {
      showing.stop()
    }
  },
}

/** How long the program may still run. */
function timeFor({ gate }: Run, { timeoutMs }: StepContext, { ageMs }: RunState): { ms: number; byInvestigation: boolean } {
  const remainingMs = gate.remainingMs()
  const own = Math.max(timeoutMs - ageMs, LEAST_MS < timeoutMs ? LEAST_MS : timeoutMs)
  const left = remainingMs - Math.min(LEFT_FOR_OTHERS_MS, remainingMs * LEFT_FOR_OTHERS)
  return { ms: Math.max(1, Math.min(own, left)), byInvestigation: left < own }
}

interface Here {
  command: Command
  output: Output
  watching(state: RunState): Watching
  conclude(followed: Followed): Promise<Outcome>
}

/** On the server's own machine. What a server that died left of it is ended, not listened to again: it is started once a try. */
async function here(run: Run, { spec: step, tryNumber, signal }: StepContext, { command, output, watching, conclude }: Here) {
  const { parts, investigation, owner } = run
  const program = command.command[0]!
  if (!parts.runners.allowedCommands.includes(program))
    throw new InputError(`the server does not allow the program ${program}`, { remedy: `Start it with --allowed-commands ${program}.` })
  const { namespace } = investigation
  const of = { step: step.name, try: tryNumber }
  const values = await Promise.all(
    command.env.map(
      async (one) => [one.name, 'value' in one ? one.value : await parts.runners.secret(namespace, one.secretKeyRef)] as const,
    ),
  )
  const secrets = values
    .filter((_, i) => !('value' in command.env[i]!))
    .flatMap(([, value]) => value.split('\n').filter((line) => line.length > 3))
  const masked = (line: string): string => secrets.reduce((text, secret) => text.replaceAll(secret, '[REDACTED:env]'), line)
  const intent = await parts.runs.intendRun(owner, { ...of, namespace, account: '', name: null })
  if (!intent) throw new LostRun()
  if (intent.outcome) return intent.outcome as Outcome
  if (!intent.isNew) {
    if (intent.uid !== null) endLeft(intent.uid)
    return failed(
      'the server ended while the program ran, and what it did until then is not known',
      'Give the step a `retry`, if it may run again.',
    )
  }
  const { until, allowed, mustEnd } = watching(intent)
  const onPiece = ({ lines, bytes }: LogPiece, aside: boolean): void => output.add({ lines: lines.map(masked), bytes }, aside)
  const argv = [...command.command, ...command.args]
  const timeoutMs = until - performance.now()
  let marked: Promise<unknown> = Promise.resolve()
  const onStarted = (pid: number): void => {
    const uid = markOf(pid)
    if (uid !== null) marked = parts.runs.keepRun(owner, of, { uid }).catch(() => undefined)
  }
  const followed = await runLocal({ argv, env: Object.fromEntries(values), timeoutMs, allowed, onPiece, mustEnd, onStarted, signal })
  await marked
  const outcome = await conclude(followed)
  if (!(await parts.runs.keepRun(owner, of, { outcome }))) throw new LostRun()
  return outcome
}

/** What the program printed, in the timeline: soon at first, more seldom later. */
function show(output: Output, { timeline }: StepContext): { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let looks = 0
  const look = (): void => {
    const fresh = output.fresh()
    if (fresh !== null) timeline.progress('printed', { text: `${countOf(output.lines)} so far`, output: fresh })
    timer = setTimeout(look, looks++ < FIRST_LOOKS ? FIRST_LOOK_MS : LATER_LOOK_MS)
  }
  timer = setTimeout(look, FIRST_LOOK_MS)
  return {
    stop() {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      const fresh = output.fresh()
      if (fresh !== null) timeline.progress('printed', { text: `${countOf(output.lines)} in all`, output: fresh })
    },
  }
}

const countOf = (lines: number): string => `${lines} ${lines === 1 ? 'line' : 'lines'}`

interface Concluding {
  command: Command
  output: Output
  followed: Followed
}

async function concluded(run: Run, { spec, tryNumber }: StepContext, { command, output, followed }: Concluding): Promise<Outcome> {
  const { parts, owner } = run
  const name = tryNumber === 1 ? `${spec.name}.txt` : `${spec.name}-${tryNumber}.txt`
  const at = { investigationId: owner.id, attempt: owner.attempt, step: spec.name, name, mediaType: 'text/plain' }
  const artifact = output.bytes > 0 ? (await parts.artifacts.put({ ...at, content: `$ ${command.line}\n${output.whole()}\n` })).id : null
  const text = output.end()
  if ('ok' in followed) return followed.ok ? followed : { ...followed, message: withEnd(followed.message, text) }
  const { exitCode, reason, message } = followed
  if (!(spec.run!.successExitCodes ?? [0]).includes(exitCode)) {
    const why =
      reason === 'OOMKilled'
        ? ' (it used more memory than `resources.limits.memory` allows)'
        : message && text === ''
          ? ` (${message})`
          : ''
    return { ok: false, message: withEnd(`the program ended with exit code ${exitCode}${why}`, text), retryable: true }
  }
  const summary = `exit code ${exitCode}, ${countOf(output.lines)}`
  const outputs: RunOutputs = { command: command.line, exitCode, text, summary, json: output.json(), artifact, bytes: output.bytes }
  return { ok: true, outputs }
}

/** The last words of a program that failed mostly say why. */
function withEnd(message: string, text: string): string {
  const last = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-3)
    .join(' ⏎ ')
  return last === ''
    ? message
    : `${message}${message.endsWith('.') ? ' It' : '; it'} printed at last: ${last.length > 500 ? `…${endOf(last, 500)}` : last}`
}
