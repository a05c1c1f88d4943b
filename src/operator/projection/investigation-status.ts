import type { Condition } from '#kinds/conditions'
import type { Investigation } from '#kinds/investigation'
import type { ShownInvestigation } from '#store'
import { cut } from './cut.ts'

export type InvestigationStatus = NonNullable<Investigation['status']>

const MAX_MESSAGE = 4_096
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/
/** Reasons of an investigation that never began: its request was not accepted. */
const NOT_ACCEPTED = ['WorkflowNotFound', 'InvalidSpec'] as const

/**
 * What an object says of its investigation: a function of the row alone, times included, so that every replica says the same and
 * nothing is written twice.
 */
export function statusOf(row: ShownInvestigation, link: string | null): InvestigationStatus {
  const { phase, rootCause, confidence, costUSD, startedAt, completedAt } = row
  return {
    // The spec is immutable.
    observedGeneration: 1,
    phase,
    conditions: [acceptedOf(row), succeededOf(row)],
    ...(rootCause !== null && { rootCause: cut(rootCause, MAX_MESSAGE) }),
    ...(confidence !== null && { confidencePercent: Math.round(Math.min(Math.max(confidence, 0), 1) * 100) }),
    ...(costUSD !== null && { costUSD: costText(costUSD) }),
    ...(startedAt && { startedAt: timeText(startedAt) }),
    ...(completedAt && { completedAt: timeText(completedAt) }),
    ...(link !== null && link.length <= 2_048 && { link }),
  }
}

/** A request that has not become an investigation yet, or never will. It has no phase: that is how the two are told apart. */
export const waitingStatus = (since: Date, reason: string, message: string): InvestigationStatus => ({
  observedGeneration: 1,
  conditions: [condition('Accepted', 'False', since, reason, message), condition('Succeeded', 'Unknown', since, 'Waiting', message)],
})

function acceptedOf({ reason, message, createdAt, workflow }: ShownInvestigation): Condition {
  return (NOT_ACCEPTED as readonly (string | null)[]).includes(reason)
    ? condition('Accepted', 'False', createdAt, reason!, message ?? '')
    : condition('Accepted', 'True', createdAt, 'Accepted', `Workflow ${workflow} investigates.`)
}

function succeededOf({ phase, reason, message, createdAt, completedAt }: ShownInvestigation): Condition {
  if (completedAt === null) {
    const said = phase === 'Pending' ? 'The investigation waits for its turn.' : 'The investigation is under way.'
    return condition('Succeeded', 'Unknown', createdAt, phase, said)
  }
  const why = reason && REASON.test(reason) ? reason : phase
  return condition('Succeeded', phase === 'Succeeded' ? 'True' : 'False', completedAt, why, message ?? '')
}

const condition = (type: string, status: Condition['status'], since: Date, reason: string, message: string): Condition => ({
  type,
  status,
  observedGeneration: 1,
  lastTransitionTime: timeText(since),
  reason,
  message: cut(message, MAX_MESSAGE),
})

/** As the API server writes times: whole seconds. */
const timeText = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z')

/** A decimal with as many digits as a millionth of a dollar needs. */
const costText = (dollars: number): string => dollars.toFixed(6).replace(/\.?0+$/, '')
