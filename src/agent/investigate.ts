import type { Diagnosis, Usage } from '#kinds/result'
import type { Step } from '#kit/step'
import type { AgentBudget } from './budget.ts'
import { callTools, noOutputs, stepOptions } from './call-tools.ts'
import type { CheckedConclusion } from './conclude.ts'
import { createConversation, type Reply } from './conversation.ts'
import { emitter, shorten, type OnAgentEvent } from './events.ts'
import { judge, type Demand } from './judge.ts'
import { merge, type Output } from './merge.ts'
import { askModel } from './model-step.ts'
import type { ModelChain } from './models/model.ts'
import { realPace, type Pace } from './models/pace.ts'
import { createFence } from './prompt/fence.ts'
import { INSTRUCTIONS } from './prompt/instructions.ts'
import { citeOf, printedText, rankFindings, startMessage, type Printed, type Start } from './prompt/start.ts'
import { charactersOf } from './prompt/tokens.ts'
import type { ModelRecord } from './record.ts'
import { sentTools } from './sdk-tools.ts'
import type { SaveArtifact } from './tool-step.ts'
import type { ToolSet } from './tool.ts'
import { usageOf } from './usage.ts'

export interface AgentOptions {
  /** Of the investigation; marks data in the prompt. The same for a replay. */
  id: string
  /** What the Workflow's author wants to know. */
  goal: string
  diagnosis: Diagnosis
  alert: Start['alert']
  /** Filled from the alert's labels; null: there is none for this alert. */
  runbook: string | null
  tools: ToolSet
  /** What the Workflow's steps before this one ran and read; each can be cited as `step:<name>`. */
  printed?: readonly Printed[]
  models: ModelChain
  budget: AgentBudget
  /** Names used: `model-<n>`, `tool-<n>-<k>`; a caller with several agents in one investigation adds its own prefix. */
  step: Step
  /** Called while a step's body runs, so not in a replay of it; `concluded` is told every time, with the same name. */
  onEvent: OnAgentEvent
  saveArtifact?: SaveArtifact
  now(): Date
  pace?: Pace
  /** Number of the first output of a tool, so that ids of several agents in one investigation differ. Default 1. */
  firstOutput?: number
}

export interface AgentOutcome {
  /** Diagnosis and conclusion merged; its `incomplete` holds the agent's lines too. */
  diagnosis: Diagnosis
  usage: Usage
  /** The agent's own lines: why it is not the whole answer. */
  incomplete: readonly string[]
  /** false: no model concluded, and the result is the diagnosis' own. */
  concluded: boolean
  /** What the model says it found beyond the diagnosis. */
  added: string | null
  outputs: readonly Output[]
}

/** Characters of the first message, in a window that is large enough: with both tools the first request stays below 3,000 tokens. */
const START_CHARACTERS = 4_300
const START_SHARE = 0.3
/** And of what the steps before have printed. */
const PRINTED_CHARACTERS = 8_000
const PRINTED_SHARE = 0.15

/**
 * The loop. Ask the model; carry out what it asks for; until it concludes, a budget is met or nobody answers. It goes by
 * what the steps recorded and nothing else, so that a second run over the same records takes the same way without a
 * single call. Throws only what `step` throws: an engine's own signals must pass.
 */
export async function investigateWithAgent(options: AgentOptions): Promise<AgentOutcome> {
  const { diagnosis, models, budget, step, onEvent, now } = options
  const records: ModelRecord[] = []
  const outputs = noOutputs(options.firstOutput ?? 1)
  const printed = options.printed ?? []
  for (const { name, command, text } of printed) {
    const id = citeOf(name)
    outputs.byId.set(id, { id, call: command, summary: shorten(text.trim().replace(/\s+/g, ' '), 300), error: false })
  }
  const end = (ending: Ending): AgentOutcome => conclude(options, records, outputs.records, outputs.byId, ending)
  if (models.length === 0) return end({ why: 'no model is configured' })

  const findings = rankFindings(diagnosis)
  const aliases = new Map(findings.flatMap(({ id }, i) => [[`f${i + 1}`, id] as const, [id, id] as const]))
  const tools = sentTools(options.tools.tools)
  const contextTokens = Math.min(...models.map((model) => model.contextTokens))
  const fence = createFence(options.id)
  const room = Math.min(START_CHARACTERS, Math.floor(charactersOf(contextTokens) * START_SHARE))
  const printedRoom = Math.min(PRINTED_CHARACTERS, Math.floor(charactersOf(contextTokens) * PRINTED_SHARE))
  const { unavailable, about = null } = options.tools
  const start = startMessage({ ...options, unavailable, about }, findings, fence, room)
  const talk = createConversation({
    start: printed.length === 0 ? start : `${start}\n\n${printedText(printed, fence, printedRoom)}`,
    fence,
    contextTokens,
    fixedCharacters: INSTRUCTIONS.length + tools.characters,
    answerTokens: Math.max(...models.map((model) => model.maxOutputTokens)),
  })

  let mended = false
  let demand: Demand | null = null
  let note: string | null = null
  // One turn more than allowed is for mending a faulty last one.
  for (let turn = 1; turn <= budget.maxIterations + 1; turn++) {
    talk.makeRoom()
    const name = `model-${turn}`
    const asking = { turn, models, before: records, talk, tools: tools.sdk, budget, demand, note, now, pace: options.pace ?? realPace }
    const record = await step(
      name,
      (signal) => askModel({ ...asking, emit: emitter(name, onEvent) }, signal),
      stepOptions(budget.deadline, now()),
    )
    records.push(record)
    if (record.kind === 'stopped') return end({ why: record.why })
    if (record.kind === 'failed') return end({ why: `no model answered (${record.failures.join('; ')})` })

    const judged = judge(record, { findings: aliases, outputs: new Set(outputs.byId.keys()) }, diagnosis)
    if (judged.kind === 'concluded') return end({ conclusion: judged.conclusion })
    let replies: Map<string, Reply>
    if (judged.kind === 'tools') {
      replies = await callTools({
        ...options,
        turn,
        calls: judged.calls,
        tools: options.tools.tools,
        outputs,
        talk,
        saveArtifact: options.saveArtifact,
        deadline: budget.deadline,
      })
      demand = null
      note = null
    } else {
      if (mended) return end({ why: judged.why })
      mended = true
      replies = new Map([...judged.words].map(([id, word]) => [id, { word }]))
      demand = judged.demand
      note = judged.note
    }
    talk.add(record, replies)
  }
  return end({ why: 'it did not conclude' })
}

type Ending = { conclusion: CheckedConclusion } | { why: string }

function conclude(
  options: AgentOptions,
  models: readonly ModelRecord[],
  tools: Parameters<typeof usageOf>[1],
  outputs: ReadonlyMap<string, Output>,
  ending: Ending,
): AgentOutcome {
  const concluded = 'conclusion' in ending
  const incomplete = [
    ...options.tools.unavailable.map(({ name, why }) => `The agent went without ${name}: ${why}`),
    ...bypassed(models),
    ...unpriced(options.budget, models),
    ...(concluded ? [] : [`The agent did not conclude: ${ending.why}. The result is the diagnosis' own.`]),
  ]
  const merged = concluded ? merge(options.diagnosis, ending.conclusion, outputs) : options.diagnosis
  const diagnosis = { ...merged, incomplete: [...merged.incomplete, ...incomplete] }
  const added = concluded ? ending.conclusion.added : null
  emitter(
    'conclusion',
    options.onEvent,
  )({
    type: 'concluded',
    by: concluded ? 'model' : 'diagnosis',
    rootCause: diagnosis.rootCause?.summary ?? null,
    added,
    incomplete,
  })
  return { diagnosis, usage: usageOf(models, tools), incomplete, concluded, added, outputs: [...outputs.values()] }
}

/** Models that gave up while another one went on. */
const bypassed = (models: readonly ModelRecord[]): string[] =>
  models.flatMap((record) =>
    record.kind === 'answer' ? record.failures.map((failure) => `${failure}; ${record.model} went on in its place`) : [],
  )

function unpriced(budget: AgentBudget, models: readonly ModelRecord[]): string[] {
  if (budget.maxCostUSD === null) return []
  const unknown = new Set(
    models.flatMap(({ attempts }) => attempts.flatMap(({ model, tokens, costUSD }) => (tokens && costUSD === null ? [model] : []))),
  )
  return [...unknown].map((model) => `The budget of $${budget.maxCostUSD} could not be held: no price is known for ${model}`)
}
