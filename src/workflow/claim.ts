import { parseDuration } from '#kit/duration'
import { DEFAULT_INVESTIGATION_TIMEOUT } from '#kinds/workflow'
import { handBack } from './blind.ts'
import type { Gate } from './durable-step.ts'
import type { Execution } from './durable.ts'
import { failure, LostRun } from './failure.ts'
import { parseRunId, type Parts } from './parts.ts'
import type { Run } from './run.ts'

/** After so many take-overs a run does nothing more but end: it may be what kills the processes. */
const MAX_TAKEOVERS = 3

const CLAIM_TRIES = 5

/**
 * Fencing, first half. An execution becomes the owner of its investigation: it reads the epoch, asks DBOS whether the run is still this
 * process's, and raises exactly the epoch that it read. In this order there is no gap: whoever was taken over after reading has the wrong
 * epoch, whoever was taken over before is not the executor any more. null when there is nothing left to do.
 *
 * Second half: every write and every intent of an effect names the epoch and is refused under an old one (LostRun).
 */
export async function claimRun(parts: Parts, execution: Execution): Promise<Run | null> {
  const { of: id, attempt } = parseRunId(execution.id)
  for (let tries = 0; tries < CLAIM_TRIES; tries++) {
    const investigation = await parts.runs.getInvestigation(id)
    if (!investigation || investigation.completedAt || investigation.attempt !== attempt) return null
    if (!(await execution.isOurs())) throw new LostRun()
    const timeoutMs = parseDuration(investigation.input.workflow.spec.timeout ?? DEFAULT_INVESTIGATION_TIMEOUT)
    const claim = await parts.runs.claimInvestigation({ id, attempt, seenEpoch: investigation.epoch, timeoutMs })
    // Another one raised it, or our own update was committed while the answer got lost: look again.
    if (!claim) continue
    const owner = { id, attempt, epoch: claim.epoch }
    const startedAt = investigation.startedAt ?? parts.clock.now()
    const type = claim.first ? 'started' : 'resumed'
    await parts.runs.appendEvents(owner, [
      { step: '', seq: claim.epoch, type, data: { executor: parts.executorId, engineVersion: parts.version } },
    ])
    const deadline = parts.clock.now().getTime() + claim.remainingMs
    const handOn = (): Promise<never> => handBack(parts, execution, id)
    return { parts, investigation: { ...investigation, startedAt }, owner, gate: gateOf(parts, claim.takeovers, deadline), handOn }
  }
  throw new LostRun()
}

function gateOf({ clock }: Parts, takeovers: number, deadline: number): Gate {
  const remainingMs = (): number => deadline - clock.now().getTime()
  return {
    remainingMs,
    refusal() {
      if (takeovers > MAX_TAKEOVERS)
        return failure('takeovers', `the investigation was taken over ${takeovers} times, which is more than the ${MAX_TAKEOVERS} it gets`)
      return remainingMs() <= 0 ? failure('deadline', 'the investigation reached its deadline') : null
    },
  }
}

/** For what must be done whatever happened: ending an investigation, sending a message. */
export const OPEN_GATE: Gate = { refusal: () => null, remainingMs: () => Infinity }
