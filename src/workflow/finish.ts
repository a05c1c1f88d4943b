import { errorText } from '#kit/errors'
import { redactDeep } from '#kit/redact'
import type { Result } from '#kinds/result'
import { OUTPUT_NAMES, SINK_NAMES, SINK_REF_NAMES } from '#kinds/scopes'
import type { Owner, RunQueries, TransactionClient, Values } from '#store'
import { deliveryKey, sinkId } from './delivery-key.ts'
import type { Durable } from './durable.ts'
import { evaluateCondition, evaluateExpression } from './expressions.ts'
import { LostRun } from './failure.ts'
import { DELIVER, runId } from './parts.ts'
import { finalResult } from './result.ts'
import { diagnosisOf, type Run, type StepRecord } from './run.ts'
import { scopeOf } from './scope.ts'

const MAX_OUTPUTS = 64 * 1024

/** Ends the investigation: its result, its outputs and a delivery for every sink that wants one, in one transaction. */
export async function finish(run: Run, records: readonly StepRecord[], enqueue: Durable['enqueue']): Promise<{ phase: string }> {
  const { parts, investigation, owner } = run
  const scope = scopeOf(investigation.input, records)
  const found = finalResult(investigation, records, parts.clock.now())
  const { outputs, problems } = evaluateOutputs(run, { ...scope, result: found })
  const result = { ...found, incomplete: [...found.incomplete, ...problems] }
  const ending = endingOf(records, result)
  const done = await parts.runs.transaction(async (queries, client) => {
    if (!(await queries.finishInvestigation(owner, { ...ending, result, outputs }))) return false
    const isNews = ending.phase === 'Failed' || holdsNews(investigation.input.known, result)
    await planDeliveries({ run, queries, client, owner, enqueue, isNews }, { ...scope, result, outputs })
    return true
  })
  if (!done) {
    // Refused, or committed by ourselves while the answer got lost.
    const now = await parts.runs.getInvestigation(owner.id)
    if (!now?.completedAt || now.epoch !== owner.epoch) throw new LostRun()
  }
  return { phase: ending.phase }
}

function endingOf(records: readonly StepRecord[], result: Result): { phase: 'Succeeded' | 'Failed'; reason: string; message: string } {
  const failures = records.filter((record) => record.failure)
  const headline = result.rootCause?.summary ?? (result.healthy ? 'Nothing was found that explains a fault.' : 'No root cause was found.')
  const deadline = failures.find((record) => record.failure!.kind === 'deadline')
  if (deadline) return { phase: 'Failed', reason: 'DeadlineExceeded', message: `The time was up at step "${deadline.name}". ${headline}` }
  const givenUp = failures.find((record) => record.failure!.kind === 'takeovers')
  if (givenUp) {
    const message = `Ended at step "${givenUp.name}": ${givenUp.failure!.message}. ${headline}`
    return diagnosisOf(records)
      ? { phase: 'Succeeded', reason: 'Degraded', message }
      : { phase: 'Failed', reason: 'TakenOverTooOften', message }
  }
  const last = records.at(-1)
  // The walk ends early only at a step that may not fail.
  const fatal = last?.status === 'Failed' && !last.continued ? last : undefined
  if (fatal) return { phase: 'Failed', reason: 'StepFailed', message: `Step "${fatal.name}" failed: ${fatal.failure!.message}` }
  if (result.incomplete.length === 0) return { phase: 'Succeeded', reason: 'Complete', message: headline }
  const [missing, ...more] = result.incomplete
  const others = more.length > 0 ? ` (and ${more.length} more)` : ''
  return { phase: 'Succeeded', reason: 'Degraded', message: `${headline.replace(/[.]$/, '')}. Incomplete: ${missing}${others}` }
}

/** An output that cannot be computed is null, and the result says why: it is no reason to lose the rest. */
function evaluateOutputs(run: Run, scope: Values): { outputs: Values; problems: string[] } {
  const outputs: Record<string, unknown> = {}
  const problems: string[] = []
  for (const { name, expression } of run.investigation.input.workflow.spec.outputs ?? []) {
    outputs[name] = null
    try {
      const value = redactDeep(evaluateExpression(expression, scope, OUTPUT_NAMES) ?? null)
      if (JSON.stringify(value).length > MAX_OUTPUTS)
        problems.push(`Output "${name}" is larger than ${MAX_OUTPUTS} characters and was left out.`)
      else outputs[name] = value
    } catch (error) {
      problems.push(`Output "${name}" could not be computed: ${errorText(error)}`)
    }
  }
  return { outputs, problems }
}

interface Planning {
  run: Pick<Run, 'parts' | 'investigation'>
  queries: RunQueries
  client: TransactionClient
  owner: Owner
  enqueue: Durable['enqueue']
  /** false: whatever the sinks' conditions say, they know it already. */
  isNews: boolean
}

/** Whether there is a problem that nobody was told of. */
const holdsNews = (known: readonly string[] | null | undefined, { problems }: Result): boolean =>
  !known || problems.some(({ id }) => !known.includes(id))

/** A delivery for every sink whose conditions are true; the others are written down as skipped. */
export async function planDeliveries({ run, queries, client, owner, enqueue, isNews }: Planning, scope: Values): Promise<void> {
  const { investigation, parts } = run
  const { input } = investigation
  const complain = (sink: string) => (error: string) =>
    parts.log.warn({ investigation: investigation.id, sink, error }, 'a condition of a sink failed: it is told')
  for (const sink of input.sinks) {
    const entries = (input.workflow.spec.sinks ?? []).filter(({ sinkRef }) => sinkRef.name === sink.name)
    if (entries.length === 0) continue
    const wanted =
      isNews &&
      holds(sink.spec.when, scope, SINK_NAMES, complain(sink.name)) &&
      entries.some(({ when }) => holds(when, scope, SINK_REF_NAMES, complain(sink.name)))
    const state = `completed/${investigation.id}`
    const key = deliveryKey(investigation, sink.name, state)
    const planned = await queries.planDelivery(
      owner,
      { key, sink: sinkId(investigation, sink.name), state },
      wanted ? 'intended' : 'skipped',
    )
    if (planned && wanted) await enqueue(client, { id: runId(key, 1), kind: DELIVER })
  }
}

/** A condition that fails to evaluate holds: a message too many is better than a silence. */
function holds(condition: string | undefined, scope: Values, names: readonly string[], onError: (text: string) => void): boolean {
  if (condition === undefined) return true
  try {
    return evaluateCondition(condition, scope, names)
  } catch (error) {
    onError(errorText(error))
    return true
  }
}
