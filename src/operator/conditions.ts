import { referenceProblems } from '#kinds/acceptance'
import type { Condition } from '#kinds/conditions'
import { problemText, type Problem } from '#kinds/problem'
import type { Finding } from './reconciler.ts'

/** What is to be said of an object, when it was said first aside. */
export type Answer = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

export interface ObjectStatus {
  observedGeneration?: number
  conditions?: readonly Condition[]
}

/** What is known of an object, for its two conditions. */
export interface Judgement {
  /** Of the spec taken alone. */
  spec: readonly Problem[]
  /** References that lead nowhere. */
  references: ReturnType<typeof referenceProblems>
  findings: readonly Finding[]
  /** An earlier generation that stays in force, since this one cannot be used; null: none does. */
  inForce: number | null
  works: string
}

/** A condition takes 32,768 characters; nobody reads so many. */
const MAX_MESSAGE = 4_096

/** `Accepted`: the spec can be used. `Ready`: it works, which it cannot while it is not accepted. */
export function answersOf({ spec, references, findings, inForce, works }: Judgement): Answer[] {
  const refused = spec.length > 0 ? spec : references
  if (refused.length > 0) {
    const reason = spec.length > 0 ? 'InvalidSpec' : 'ReferenceNotFound'
    const message = inForce === null ? textOf(refused) : `${textOf(refused)} Generation ${inForce} stays in force until then.`
    return [
      { type: 'Accepted', status: 'False', reason, message },
      { type: 'Ready', status: 'False', reason: 'NotAccepted', message },
    ]
  }
  const accepted: Answer = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'The spec can be used.' }
  const first = findings.find(({ isNote }) => !isNote)
  const found = textOf(findings.map(({ problem }) => problem))
  if (first) return [accepted, { type: 'Ready', status: 'False', reason: first.reason, message: found }]
  return [accepted, { type: 'Ready', status: 'True', reason: 'Ready', message: [works, found].filter(Boolean).join(' ') }]
}

function textOf(problems: readonly Problem[]): string {
  const text = problems.map((problem) => problemText(problem).replace(/\.?$/, '.')).join(' ')
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1)}…` : text
}

/**
 * The status that says this, by metav1's rules: `lastTransitionTime` moves when the status of a condition does, and with nothing else.
 * Null: the object says so already, and nothing is to be written.
 */
export function nextStatus(before: ObjectStatus, answers: readonly Answer[], generation: number, now: Date): ObjectStatus | null {
  const at = now.toISOString().replace(/\.\d+Z$/, 'Z')
  const conditions = answers.map((answer): Condition => {
    const old = before.conditions?.find(({ type }) => type === answer.type)
    const lastTransitionTime = old?.status === answer.status ? old.lastTransitionTime : at
    return { ...answer, observedGeneration: generation, lastTransitionTime }
  })
  const isSaid = conditions.every((condition) => {
    const old = before.conditions?.find(({ type }) => type === condition.type)
    return old !== undefined && FIELDS.every((field) => old[field] === condition[field])
  })
  return isSaid && before.observedGeneration === generation ? null : { observedGeneration: generation, conditions }
}

const FIELDS = ['status', 'reason', 'message', 'observedGeneration', 'lastTransitionTime'] as const
