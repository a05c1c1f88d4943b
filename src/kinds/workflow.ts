import { z } from 'zod'
import { ObjectStatus } from './conditions.ts'
import { API_VERSION, Duration, exactlyOneOf, Expression, Label, LocalRef, Metadata, Name, Template, Text, withRules } from './meta.ts'
import { Budget, Model } from './model.ts'
import { RunStep } from './run-step.ts'

/** As in Argo's retryStrategy: `limit` tries after the first, waiting `duration`, then `factor` times as long, up to `maxDuration`. */
const RetryPolicy = z.strictObject({
  limit: z.int().min(1).max(10).describe('Tries after the first.'),
  backoff: z
    .strictObject({
      duration: Duration.optional().describe('The wait before the second try. Default 1s.'),
      factor: z.int().min(1).max(10).optional().describe('By what each wait is longer than the one before. Default 2.'),
      maxDuration: Duration.optional().describe('The longest wait. Default 1m.'),
    })
    .optional()
    .describe('How long to wait between tries.'),
})

const DiagnoseStep = z.strictObject({})

const NotifyStep = z.strictObject({
  sinkRef: LocalRef.describe('The Sink to tell.'),
  message: Template.optional().describe('Liquid; what to say. Default: the state of the investigation so far.'),
})

export const AGENT_TOOLS = ['kubectl', 'promql'] as const
export type AgentToolName = (typeof AGENT_TOOLS)[number]

const AgentStep = z.strictObject({
  goal: Template.optional().describe(
    'Liquid over `alert`, `alerts`, `params`, `incident`, `steps`; what the model shall find out. Default: the root cause, and what to do about it.',
  ),
  model: Model.optional().describe("Instead of the Workflow's."),
  tools: z
    .array(z.enum(AGENT_TOOLS))
    .max(AGENT_TOOLS.length)
    .refine((tools) => new Set(tools).size === tools.length, 'a tool stands twice in the list')
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional()
    .describe(
      'What it may use. Default: what the server has. One that is named here and that the server does not have is left out, and the result says so.',
    ),
  runbook: Label.optional().describe('What to go by: the name of a runbook (docs/models.md). Default: the one that is about the alert.'),
  maxIterations: z.int().min(1).max(100).optional().describe('Answers of the model. Default 20; one more may mend a faulty conclusion.'),
})

const KubectlStep = z.strictObject({
  args: z
    .array(Text(4096))
    .min(1)
    .max(64)
    .describe(
      'The words after `kubectl`, each a Liquid template of its own over `alert`, `alerts`, `params`, `incident`, `steps`; never a shell. A value may not begin with `-`, unless the template itself does. Only what reads.',
    ),
})

const member = exactlyOneOf(
  {
    name: Label.describe("The step's name, unique in the Workflow; `steps.<name>` in later expressions."),
    when: Expression.optional().describe('CEL over `alert`, `alerts`, `params`, `incident`, `steps`: false skips the step.'),
    timeout: Duration.optional().describe('For one try. Default 2m, of a run step 5m, of an agent step 8m.'),
    retry: RetryPolicy.optional().describe('Whether and how a failed step is tried again. Default: not.'),
    onError: z
      .enum(['Fail', 'Continue'])
      .optional()
      .describe('`Fail` (default) ends the Workflow; `Continue` goes on, and the result says so.'),
    diagnose: DiagnoseStep.optional().describe('Look at the cluster with the deterministic rules; no model. Its output is the diagnosis.'),
    agent: AgentStep.optional().describe(
      'A model looks further, starting from the diagnosis, and concludes. Its output is the diagnosis with its conclusion, and `added`.',
    ),
    kubectl: KubectlStep.optional().describe(
      "One kubectl command that reads, as the Workflow's ServiceAccount. Its output is `text`, `json`, `summary`, `command`, `artifact`.",
    ),
    run: RunStep.optional().describe(
      "A program: a container image as a Job, created as the Workflow's ServiceAccount. Its output is `exitCode`, `text` (the end of what it printed), `json`, `command`, `artifact`.",
    ),
    notify: NotifyStep.optional().describe('Tell a Sink now, before the Workflow ends.'),
  },
  ['diagnose', 'agent', 'kubectl', 'run', 'notify'],
)

export const WorkflowStep = withRules(member, [
  {
    rule: '!(has(self.agent) && has(self.retry))',
    message: 'an agent step takes no retry: each of its calls is tried again by itself',
    holds: ({ agent, retry }) => agent === undefined || retry === undefined,
  },
])
export type WorkflowStep = z.infer<typeof WorkflowStep>

const HistoryLimit = z.int().min(0).max(10_000)

const WorkflowSpec = z.strictObject({
  model: Model.optional().describe("Whom agent steps ask. Default: the server's own model, if it has one."),
  budget: Budget.optional().describe('What agent steps may use.'),
  serviceAccountName: Name.optional().describe(
    'The ServiceAccount of this namespace whose eyes and hands an investigation uses. Default inquest-agent.',
  ),
  timeout: Duration.optional().describe('How long one investigation may take in all. Default 10m.'),
  steps: z
    .array(WorkflowStep)
    .min(1)
    .max(32)
    .superRefine((steps, ctx) => {
      steps.forEach((step, i) => {
        if (steps.findIndex((s) => s.name === step.name) < i)
          ctx.addIssue({ code: 'custom', path: [i, 'name'], message: `"${step.name}" names two steps; a step's name is unique` })
      })
    })
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .describe('What to do, in this order.'),
  outputs: z
    .array(
      z.strictObject({
        name: Label.describe('`outputs.<name>` in messages.'),
        expression: Expression.describe('CEL over `alert`, `alerts`, `params`, `incident`, `steps`, `result`.'),
      }),
    )
    .max(16)
    .superRefine((outputs, ctx) => {
      outputs.forEach((output, i) => {
        if (outputs.findIndex((o) => o.name === output.name) < i)
          ctx.addIssue({ code: 'custom', path: [i, 'name'], message: `"${output.name}" names two outputs; an output's name is unique` })
      })
    })
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .optional()
    .describe('Values for sinks and people.'),
  sinks: z
    .array(
      z.strictObject({
        sinkRef: LocalRef.describe('The Sink.'),
        when: Expression.optional().describe(
          'CEL over `result`, `outputs`, `alert`, `alerts`, `params`, `incident`, `steps`: false sends nothing.',
        ),
      }),
    )
    .max(16)
    .optional()
    .describe('Who gets the result.'),
  ttlAfterFinished: Duration.optional().describe(
    "How long a finished Investigation object stays in the cluster. Default 7d. What it found stays in the database longer (the server's `retention`).",
  ),
  successfulHistoryLimit: HistoryLimit.optional().describe(
    'How many Investigation objects that succeeded stay at most, the newest. Default 100.',
  ),
  failedHistoryLimit: HistoryLimit.optional().describe('The same for those that failed or were cancelled. Default 100.'),
})

export const Workflow = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Workflow'),
    metadata: Metadata,
    spec: WorkflowSpec,
    status: ObjectStatus.optional(),
  })
  .describe('How an alert is investigated and who gets the result.')
export type Workflow = z.infer<typeof Workflow>

export const DEFAULT_INVESTIGATION_TIMEOUT = '10m'
export const DEFAULT_TTL_AFTER_FINISHED = '7d'
export const DEFAULT_HISTORY_LIMIT = 100
export const DEFAULT_STEP_TIMEOUT = '2m'
export const DEFAULT_AGENT_TIMEOUT = '8m'
export const DEFAULT_AGENT_ITERATIONS = 20
export const DEFAULT_GOAL = 'Find the root cause of this alert, and what to do about it.'
