import type { Durable } from './durable.ts'
import { planDeliveries } from './finish.ts'
import { runId, type Parts } from './parts.ts'
import { interruptedResult } from './result.ts'
import { baseScope } from './scope.ts'

/** Ends an investigation that its own run did not end, as failed, with what is known; its sinks are told. */
export async function endAsFailed(parts: Parts, enqueue: Durable['enqueue'], id: string, reason: string, why: string): Promise<boolean> {
  const investigation = await parts.runs.getInvestigation(id)
  if (!investigation) return false
  const result = interruptedResult(investigation, why, parts.clock.now())
  return parts.runs.transaction(async (queries, client) => {
    const owner = await queries.endInvestigation(id, { phase: 'Failed', reason, message: why, result })
    if (!owner) return false
    await planDeliveries(
      { run: { parts, investigation }, queries, client, owner, enqueue, isNews: true },
      { ...baseScope(investigation.input), result, outputs: {} },
    )
    parts.log.warn({ investigation: id, run: runId(id, investigation.attempt), reason }, why)
    return true
  })
}
