import type { Retry } from '#kit/step'
import type { Message } from '#sinks'
import type { Investigation, StoredDelivery } from '#store'
import { OPEN_GATE } from './claim.ts'
import { threadOf } from './delivery-key.ts'
import { durableStep } from './durable-step.ts'
import type { Execution } from './durable.ts'
import { LostRun, StepFailed } from './failure.ts'
import { messageOf, sinkOf, type Told } from './message.ts'
import { parseRunId, type Parts } from './parts.ts'
import { baseScope } from './scope.ts'
import { send } from './send.ts'
import { TerminalError } from '#kit/errors'

const TRY_TIMEOUT_MS = 60_000
const CLAIM_TRIES = 5

/** 6 tries within about 5 minutes: waits of 5, 15, 45, 90 and 90 s. */
const retry = (firstMs: number): Retry => ({ limit: 5, firstMs, factor: 3, maxMs: firstMs * 18 })

/**
 * The run of one message to one sink: intended (written with the investigation's end) → delivered, or failed. Each execution raises the
 * epoch of the delivery's row, and counts each try there before it sends: a process that lost the run can neither send nor record.
 *
 * Recorded: `send`, `send#2` … with a sleep before each.
 */
export async function deliver(parts: Parts, execution: Execution): Promise<void> {
  const claimed = await claim(parts, execution)
  if (!claimed) return
  const { delivery, epoch } = claimed
  const { key } = delivery
  const step = durableStep(execution, OPEN_GATE, parts.life)
  try {
    await step('send', (signal) => sendTry(parts, delivery, epoch, signal), {
      timeoutMs: TRY_TIMEOUT_MS,
      retry: retry(parts.limits.deliveryRetryMs),
    })
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    await parts.runs.recordFailedTry({ key, epoch, error: error.failure.message, final: true })
    parts.log.warn(
      { sink: delivery.sink, state: delivery.state, investigation: delivery.investigationId, error: error.failure.message },
      'a message was not delivered',
    )
  }
}

async function claim(parts: Parts, execution: Execution): Promise<{ delivery: StoredDelivery; epoch: number } | null> {
  const { of: key, attempt } = parseRunId(execution.id)
  for (let tries = 0; tries < CLAIM_TRIES; tries++) {
    const delivery = await parts.runs.getDelivery(key)
    if (!delivery || delivery.status !== 'intended' || delivery.attempt !== attempt) return null
    // As in claimRun: epoch first, then DBOS, then exactly that epoch.
    if (!(await execution.isOurs())) throw new LostRun()
    const epoch = await parts.runs.claimDelivery({ key, attempt, seenEpoch: delivery.epoch })
    if (epoch !== null) return { delivery, epoch }
  }
  throw new LostRun()
}

async function sendTry(parts: Parts, delivery: StoredDelivery, epoch: number, signal: AbortSignal): Promise<{ url: string | null }> {
  const { key } = delivery
  const investigation = await parts.runs.getInvestigation(delivery.investigationId)
  if (!investigation) throw new TerminalError('the investigation was deleted')
  const name = delivery.sink.slice(delivery.sink.indexOf('/') + 1)
  const sink = sinkOf(investigation, name)
  if (!sink) throw new TerminalError(`the investigation knows no Sink "${name}"`)
  const begun = await parts.runs.beginTry({ key, epoch })
  if (!begun) {
    const now = await parts.runs.getDelivery(key)
    if (now?.status === 'delivered') return { url: now.receipt?.url ?? null }
    throw new LostRun()
  }
  const message = messageOf(parts, investigation, toldOf(investigation, delivery.state, sink.spec.template))
  const receipt = await send(parts, { key, sink, thread: threadOf(investigation), epoch, tries: begun.tries, message }, signal)
  return { url: receipt.url }
}

/** All of it comes from rows that do not change any more: a repeat says the same. */
function toldOf(investigation: Investigation, deliveryState: string, template: string | undefined): Told {
  const ended: Message['state'] = investigation.phase === 'Succeeded' ? 'completed' : 'failed'
  return {
    state: deliveryState.startsWith('resolved/') ? 'resolved' : ended,
    result: investigation.result,
    outputs: investigation.outputs ?? {},
    scope: baseScope(investigation.input),
    template,
  }
}

/** Gives a delivery up from outside of its run. */
export async function abandonDelivery({ runs, log }: Parts, key: string, error: string): Promise<void> {
  const delivery = await runs.getDelivery(key)
  if (!delivery) return
  await runs.recordFailedTry({ key, epoch: delivery.epoch, error, final: true })
  log.error({ sink: delivery.sink, state: delivery.state, investigation: delivery.investigationId, error }, 'a message was not delivered')
}
