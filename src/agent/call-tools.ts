import type { Step } from '#kit/step'
import { callText, type Conversation, type Reply } from './conversation.ts'
import { emitter, type OnAgentEvent } from './events.ts'
import type { Output } from './merge.ts'
import type { ToolCall, ToolRecord } from './record.ts'
import { runTool, type SaveArtifact } from './tool-step.ts'
import type { Tool } from './tool.ts'

/** Of one answer; more are told to come again. */
const MAX_PARALLEL = 8

/** What the tools of an investigation gave so far. */
export interface Outputs {
  /** Number of the first output: several agents of one investigation number theirs on. */
  first: number
  byId: Map<string, Output>
  records: ToolRecord[]
  /** Which output a call got: tool and canonical input → id. */
  calls: Map<string, string>
}

export const noOutputs = (first: number): Outputs => ({ first, byId: new Map(), records: [], calls: new Map() })

interface CallTools {
  turn: number
  calls: readonly ToolCall[]
  tools: readonly Tool[]
  outputs: Outputs
  talk: Conversation
  step: Step
  onEvent: OnAgentEvent
  saveArtifact: SaveArtifact | undefined
  deadline: Date
  now(): Date
}

/**
 * Carries out the calls of one answer, in parallel, each in its own step; steps start in the order of the calls. A call
 * that was made before is not made again: it is shown where its output stands, or the output once more if it made room.
 */
export async function callTools(options: CallTools): Promise<Map<string, Reply>> {
  const { turn, calls, tools, outputs, talk, step, now } = options
  const replies = new Map<string, Reply>()
  const running: { id: string; call: ToolCall; record: Promise<ToolRecord> }[] = []
  const repeated: { call: ToolCall; id: string }[] = []

  for (const [i, call] of calls.entries()) {
    const tool = tools.find(({ name }) => name === call.tool)
    const key = `${call.tool} ${canonical(call.input)}`
    const earlier = outputs.calls.get(key)
    if (call.fault || !tool) replies.set(call.id, { word: call.fault ?? `There is no tool ${call.tool}.` })
    else if (earlier) repeated.push({ call, id: earlier })
    else if (running.length >= MAX_PARALLEL)
      replies.set(call.id, { word: `Not carried out: at most ${MAX_PARALLEL} calls at once. Ask again if you still need it.` })
    else {
      const id = `o${outputs.first + outputs.calls.size}`
      outputs.calls.set(key, id)
      const name = `tool-${turn}-${i + 1}`
      const body = {
        id,
        call,
        tool,
        saveArtifact: options.saveArtifact,
        deadline: options.deadline,
        now,
        emit: emitter(name, options.onEvent),
      }
      running.push({ id, call, record: step(name, (signal) => runTool(body, signal), stepOptions(options.deadline, now())) })
    }
  }

  // All of them are waited for, so that none is still at work when the engine ends a run that failed.
  const settled = await Promise.allSettled(running.map(({ record }) => record))
  for (const [i, { id, call }] of running.entries()) {
    const result = settled[i]!
    if (result.status === 'rejected') throw result.reason
    const { value: record } = result
    outputs.records.push(record)
    outputs.byId.set(id, { id, call: callText(call), summary: record.summary, error: record.error })
    replies.set(call.id, { output: talk.show(id, call, record, running.length) })
  }
  for (const { call, id } of repeated) {
    const again = talk.again(id)
    replies.set(call.id, again ? { output: again } : { word: `You made this call before: its output is ${id}.` })
  }
  return replies
}

/** The step's own bounds end first; the engine's time-out is only there should they not. */
export const stepOptions = (deadline: Date, now: Date): { timeoutMs: number } => ({
  timeoutMs: Math.max(0, deadline.getTime() - now.getTime()) + 15_000,
})

/** JSON with sorted keys: the same call in other words is the same call. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
