import { waitForSight } from './blind.ts'
import { claimRun, OPEN_GATE } from './claim.ts'
import { durableStep } from './durable-step.ts'
import type { Execution } from './durable.ts'
import { finish } from './finish.ts'
import type { Parts } from './parts.ts'
import { walk } from './walk.ts'

/** Long enough for a database that is away for minutes. */
const FINISH_TIMEOUT_MS = 10 * 60_000

/**
 * The run of one investigation, from its claim to its end. An investigation is
 *
 *     Pending ──claim──▶ Running ──finish──▶ Succeeded   Complete, or Degraded: something is missing, `result.incomplete` says what
 *        │                  │  ▲ └─────────▶ Failed      StepFailed, DeadlineExceeded, TakenOverTooOften; with what is known
 *        │                  └──┘ claim by another process, or as another attempt
 *        └────────────────────────────────▶ Failed      WorkflowNotFound, DeadlineExceeded (from outside), Cancelled (by a person)
 *
 * `finish` commits the end and the deliveries to the sinks in one transaction; each delivery is a durable run of its own. So a result
 * never waits for a sink, and a sink never misses a result.
 *
 * Recorded, in this order (ENGINE_VERSION, golden test): `step/<name>` for each step, with `step/<name>#2` … and a sleep before each for
 * its retries, but of an agent step `step/<name>/start`, then `step/<name>/model-<n>` and `step/<name>/tool-<n>-<k>` in turns; `finish`.
 */
export async function investigate(parts: Parts, execution: Execution): Promise<void> {
  await waitForSight(parts, execution)
  const run = await claimRun(parts, execution)
  if (!run) return
  const records = await walk(run, durableStep(execution, run.gate, parts.life))
  const always = durableStep(execution, OPEN_GATE, parts.life)
  await always('finish', () => finish(run, records, execution.enqueue), { timeoutMs: FINISH_TIMEOUT_MS })
}
