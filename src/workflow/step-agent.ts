import type { AgentBudget, AgentEvent, ModelChain, Tool } from '#agent'
import { errorText, InputError, inputErrorText } from '#kit/errors'
import { redactDeep } from '#kit/redact'
import type { Step } from '#kit/step'
import { DEFAULT_BUDGET, type Budget, type Model } from '#kinds/model'
import { sumUsage } from '#kinds/result'
import { DEFAULT_AGENT_ITERATIONS, DEFAULT_GOAL, type WorkflowStep } from '#kinds/workflow'
import type { Values } from '#store'
import { capDiagnosis } from './cap-diagnosis.ts'
import { StepFailed } from './failure.ts'
import type { OpenedTools } from './parts.ts'
import { blind, preliminaryResult } from './result.ts'
import {
  agentsOf,
  diagnosisOf,
  printedBy,
  type AgentOutputs,
  type CompositeKind,
  type Conducted,
  type Run,
  type StepRecord,
} from './run.ts'
import { scopeOf } from './scope.ts'
import { DEFAULT_SERVICE_ACCOUNT, MAX_DIAGNOSIS } from './step-diagnose.ts'

const START_TIMEOUT_MS = 30_000
/** Of the investigation's time, left for the steps after this one: at most so much, at most this share. */
const LEFT_FOR_OTHERS_MS = 15_000
const LEFT_FOR_OTHERS = 0.1

/** What the first record decides once for all: time, and which tools there are. */
interface Begun {
  deadline: string
  tools: string[]
  unavailable: OpenedTools['unavailable']
}

/**
 * A model looks further, from whatever the steps before have found. Records: `start`, then one for each call of the model and
 * of a tool. That no model concluded is no failure: the outputs are the diagnosis as it was, and `incomplete` says why.
 */
export const agentStep: CompositeKind = {
  async conduct(run, { spec, records, step, timeoutMs, say }) {
    const { parts, investigation, gate } = run
    const { input, namespace, id } = investigation
    // Loaded by the first agent step: a server whose Workflows ask no model does without.
    const agent = await import('#agent')
    const recorded = new Map<string, unknown>()
    const keeping: Step = async (name, body, options) => {
      const record = await step(name, body, options)
      recorded.set(name, record)
      return record
    }
    const ask = spec.agent!
    const alert = input.alerts[0] ?? null
    const goal = goalOf(run, spec, records, agent.renderGoal)
    const before = agentsOf(records)
    let opened: OpenedTools | undefined
    const request = {
      namespace,
      serviceAccountName: input.workflow.spec.serviceAccountName ?? DEFAULT_SERVICE_ACCOUNT,
      wanted: ask.tools ?? null,
      alertStartsAt: alert?.startsAt ?? null,
    }
    try {
      const begun = await keeping<Begun>(
        'start',
        async (signal) => {
          opened = await parts.agents.tools(request, signal)
          const remainingMs = gate.remainingMs()
          const ms = Math.min(timeoutMs, remainingMs - Math.min(LEFT_FOR_OTHERS_MS, remainingMs * LEFT_FOR_OTHERS))
          for (const { name, why } of opened.unavailable) say('tool-missing', { text: `goes without ${name}: ${why}` })
          return {
            deadline: new Date(parts.clock.now().getTime() + ms).toISOString(),
            tools: opened.tools.map(({ name }) => name),
            unavailable: opened.unavailable,
          }
        },
        { timeoutMs: START_TIMEOUT_MS },
      )
      const hands = (opened ??= await parts.agents.tools(request, AbortSignal.timeout(START_TIMEOUT_MS)))
      const { models, unusable } = await modelsOf(run, ask.model ?? input.workflow.spec.model)
      const labels = alert?.labels ?? {}
      const outcome = await agent.investigateWithAgent({
        id,
        goal: goal.text,
        diagnosis: diagnosisOf(records) ?? blind(investigation),
        alert: alert && { labels, annotations: alert.annotations, startsAt: alert.startsAt },
        printed: printedBy(records),
        runbook: (ask.runbook ? agent.runbookByName(ask.runbook, labels) : agent.findRunbook(labels['alertname'], labels))?.text ?? null,
        tools: { tools: begun.tools.map((name) => toolNamed(name, hands)), unavailable: begun.unavailable, about: hands.about },
        models,
        budget: budgetOf(
          input.workflow.spec.budget,
          ask.maxIterations,
          begun.deadline,
          records,
          models.every(({ price }) => price !== null),
        ),
        step: keeping,
        onEvent: (event) => {
          if (event.type !== 'concluded') say(event.type, toldOf(event, agent.eventText(event)))
        },
        saveArtifact: async ({ id: output, tool, call, text }) => {
          const artifact = { investigationId: id, attempt: run.owner.attempt, step: spec.name, name: `${output}-${tool}.txt` }
          return (await parts.artifacts.put({ ...artifact, mediaType: 'text/plain', content: `$ ${call}\n${text}` })).id
        },
        now: () => parts.clock.now(),
        firstOutput: before.reduce((sum, { outputs }) => sum + outputs, 1),
      })
      const merged = { ...outcome.diagnosis, incomplete: [...outcome.diagnosis.incomplete, ...goal.problems, ...unusable] }
      const diagnosis = capDiagnosis(redactDeep(merged), MAX_DIAGNOSIS)
      const { added, concluded, usage } = outcome
      const outputs: AgentOutputs = { ...diagnosis, added, concluded, outputs: outcome.outputs.length }
      const own: StepRecord = { name: spec.name, kind: 'agent', status: 'Succeeded', outputs, failure: null, continued: false, usage }
      await parts.runs.keepResult(run.owner, preliminaryResult(diagnosis, investigation, [...records, own], parts.clock.now()))
      const event = { rootCause: diagnosis.rootCause?.summary ?? null, added, incomplete: outcome.incomplete }
      const text = agent.eventText({ type: 'concluded', by: concluded ? 'model' : 'diagnosis', ...event })
      return {
        outputs,
        usage,
        failure: null,
        said: { text: [text, ...outcome.incomplete].join('. '), by: concluded ? 'model' : 'diagnosis', usage },
      }
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error
      return { outputs: null, usage: agent.usageOfRecords(recorded), failure: error.failure, said: {} } satisfies Conducted
    } finally {
      await opened?.close()
    }
  },
}

/** A key or a script that went away since the manifest was read costs the model, and not the diagnosis. */
async function modelsOf({ parts, investigation }: Run, wanted: Model | undefined): Promise<{ models: ModelChain; unusable: string[] }> {
  try {
    return { models: await parts.agents.models(investigation.namespace, wanted), unusable: [] }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { models: [], unusable: [`The model cannot be asked: ${inputErrorText(error)}`] }
  }
}

/** A goal that cannot be rendered is no reason to lose the investigation. */
function goalOf(
  { investigation }: Run,
  spec: WorkflowStep,
  records: readonly StepRecord[],
  render: (template: string, scope: Values, id: string) => string,
): { text: string; problems: string[] } {
  const template = spec.agent?.goal
  if (template === undefined) return { text: DEFAULT_GOAL, problems: [] }
  try {
    const text = render(template, scopeOf(investigation.input, records), investigation.id).trim()
    return { text: text || DEFAULT_GOAL, problems: [] }
  } catch (error) {
    return {
      text: DEFAULT_GOAL,
      problems: [`The goal of step "${spec.name}" could not be rendered, so the default was used: ${errorText(error)}`],
    }
  }
}

/** A tool by the name that the first record has; after a restart it may be gone, and its recorded calls must find it all the same. */
function toolNamed(name: string, { tools, unavailable }: OpenedTools): Tool {
  const why = unavailable.find((one) => one.name === name)?.why ?? 'it was there before the server was restarted'
  return (
    tools.find((tool) => tool.name === name) ?? {
      name,
      description: 'Not available any more.',
      inputSchema: { type: 'object', properties: {} },
      call: async () => ({
        text: `${name} is not available any more: ${why}. Go on without it.`,
        full: null,
        error: true,
        summary: 'gone',
      }),
    }
  )
}

/** The Workflow's budget is for all of its agent steps. */
function budgetOf(
  budget: Budget | undefined,
  maxIterations: number | undefined,
  deadline: string,
  records: readonly StepRecord[],
  priced: boolean,
): AgentBudget {
  const spent = sumUsage(
    records.flatMap(({ usage }) => (usage ? [usage] : [])),
    0,
  )
  const { maxTokens = DEFAULT_BUDGET.maxTokens, maxCostUSD } = budget ?? {}
  return {
    maxIterations: maxIterations ?? DEFAULT_AGENT_ITERATIONS,
    maxTokens,
    // One that nobody set is not worth a complaint where it cannot be held.
    maxCostUSD: maxCostUSD !== undefined ? Number(maxCostUSD) : priced ? DEFAULT_BUDGET.maxCostUSD : null,
    deadline: new Date(deadline),
    spentBefore: { tokens: spent.inputTokens + spent.outputTokens, costUSD: spent.costUSD ?? 0 },
  }
}

/** An event as the timeline keeps it: `text` is for people, what the model or a tool said goes under a name of its own. */
function toldOf(event: AgentEvent, text: string): Values {
  const { step: _, seq: __, type, ...rest } = event
  if (!('text' in rest)) return { ...rest, text }
  const { text: said, ...others } = rest
  return { ...others, [type === 'tool-answered' ? 'output' : 'said']: said, text }
}
