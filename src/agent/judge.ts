import type { Diagnosis } from '#kinds/result'
import { checkConclusion, CONCLUDE, type CheckedConclusion, type Citable } from './conclude.ts'
import { textOf, toolCallsOf, type AnswerRecord, type ToolCall } from './record.ts'

/** What an answer amounts to. Pure: the same records give the same verdict. */
export type Judged =
  | { kind: 'concluded'; conclusion: CheckedConclusion }
  | { kind: 'tools'; calls: ToolCall[] }
  /** Not what was asked for. It may be mended once: `words` answer its calls, `note` is said before the next turn. */
  | { kind: 'faulty'; why: string; words: ReadonlyMap<string, string>; note: string | null; demand: Demand }

/** What the next turn must be: any call of a tool, or `conclude`. */
export type Demand = 'any' | 'conclude'

const NOT_RUN = 'Not carried out: this was your last turn. Call `conclude` now.'

export function judge(record: AnswerRecord, citable: Citable, diagnosis: Diagnosis): Judged {
  const calls = toolCallsOf(record)
  const concluding = calls.filter(({ tool }) => tool === CONCLUDE)
  const cutOff = record.cutOff ? ' Your answer was cut off at the limit on its length: be shorter.' : ''

  if (concluding.length > 0) {
    const words = new Map(calls.map(({ id }) => [id, 'Not carried out: you concluded.']))
    const problems: string[] = []
    for (const call of concluding) {
      const checked = call.fault ? { ok: false as const, problems: [call.fault] } : checkConclusion(call.input, citable, diagnosis)
      if (checked.ok) return { kind: 'concluded', conclusion: checked.conclusion }
      words.set(call.id, `Not accepted. ${checked.problems.join('. ')}.${cutOff} Mend it and call \`conclude\` again.`)
      problems.push(...checked.problems)
    }
    return {
      kind: 'faulty',
      why: `its conclusion was not acceptable (${problems.slice(0, 2).join('; ')})`,
      words,
      note: null,
      demand: 'conclude',
    }
  }
  if (calls.length > 0 && !record.lastTurn) return { kind: 'tools', calls }
  if (calls.length > 0) {
    const words = new Map(calls.map(({ id }) => [id, NOT_RUN]))
    return { kind: 'faulty', why: 'it asked for more instead of concluding', words, note: null, demand: 'conclude' }
  }
  const empty = textOf(record) === '' || textOf(record) === '(nothing)'
  return {
    kind: 'faulty',
    why: record.cutOff ? 'its answer was cut off' : empty ? 'its answer was empty' : 'it answered with plain text',
    words: new Map(),
    note: `${record.lastTurn ? 'Answer only by calling `conclude`, now.' : 'Answer only by calling tools; call `conclude` when you know enough.'}${cutOff}`,
    demand: record.lastTurn ? 'conclude' : 'any',
  }
}
