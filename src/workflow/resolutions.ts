import { deliveryKey, sinkId } from './delivery-key.ts'
import type { Durable } from './durable.ts'
import { DELIVER, runId, type Parts } from './parts.ts'

const BATCH = 50

/**
 * Tells the sinks that an incident is resolved: those that have a thread of it, in that thread. It waits for the incident's investigations
 * and messages to end, so that `resolved` comes last. Planned in one transaction with the mark that it was; the rest is a delivery's run.
 * The newest investigation of the incident lends its sinks (as they were) and its result.
 */
export async function tellResolved(parts: Parts, durable: Durable): Promise<void> {
  await parts.runs.transaction(async (queries, client) => {
    for (const incident of await queries.resolvedIncidents(BATCH)) {
      await queries.markResolutionTold(incident.id, incident.resolutions)
      // Firing again: its next resolution will be told.
      const investigation =
        incident.status === 'resolved' && incident.investigation ? await queries.getInvestigation(incident.investigation) : null
      if (!investigation) continue
      const state = `resolved/${incident.resolutions}`
      const threads = await queries.threadSinks(incident.id)
      for (const { name } of investigation.input.sinks) {
        const sink = sinkId(investigation, name)
        if (!threads.includes(sink)) continue
        const key = deliveryKey(investigation, name, state)
        if (await queries.planDelivery(investigation, { key, sink, state }, 'intended'))
          await durable.enqueue(client, { id: runId(key, 1), kind: DELIVER })
      }
    }
  })
}
