import { compileCondition, compileExpression, compileTemplate } from '#expr'
import { parseSchedule, type Schedule } from '#kit/cron'
import { formatDuration, parseDuration } from '#kit/duration'
import { errorText, InputError } from '#kit/errors'
import { parseLabelSelector } from '#kit/label-selector'
import { KEY_VARIABLES, modelChain, type OneModel, type Provider } from './model.ts'
import type { Problem } from './problem.ts'
import type { Snapshot } from './registry.ts'
import type { RunStep } from './run-step.ts'
import {
  ARGS_NAMES,
  FILTER_NAMES,
  GOAL_NAMES,
  MAPPING_ALERTS_NAMES,
  MAPPING_ITEM_NAMES,
  MESSAGE_NAMES,
  OUTPUT_NAMES,
  SINK_NAMES,
  SINK_REF_NAMES,
  STEP_NAMES,
  TEMPLATE_NAMES,
} from './scopes.ts'
import type { Sink } from './sink.ts'
import type { Source } from './source.ts'
import type { Mapping } from './webhook-source.ts'
import type { Workflow } from './workflow.ts'

/** What a schema cannot say: texts in CEL, Liquid or another small language that cannot be used. None: `Accepted=True`. */
export function expressionProblems(object: Source | Workflow | Sink): Problem[] {
  const problems: Problem[] = []
  const check = (text: string | undefined, field: string, compile: (text: string) => unknown): void => {
    if (text === undefined) return
    try {
      compile(text)
    } catch (error) {
      problems.push(
        error instanceof InputError
          ? { field: error.field || field, message: error.message, remedy: error.remedy }
          : { field, message: errorText(error), remedy: '' },
      )
    }
  }
  const condition = (text: string | undefined, field: string, names: readonly string[]) =>
    check(text, field, (it) => compileCondition(it, names))
  const template = (text: string | undefined, field: string, names: readonly string[] = TEMPLATE_NAMES) =>
    check(text, field, (it) => compileTemplate(it, names))

  if (object.kind === 'Source') {
    condition(object.spec.filter, 'spec.filter', FILTER_NAMES)
    const { schedule, kubernetes } = object.spec
    check(schedule?.cron, 'spec.schedule.cron', (cron) =>
      checkJitter(parseSchedule(cron, schedule?.timeZone, 'spec.schedule.cron'), schedule?.jitter),
    )
    check(kubernetes?.selector, 'spec.kubernetes.selector', parseLabelSelector)
    for (const [member, text] of mappingTexts(object.spec.webhook?.mapping ?? {}))
      check(text, `spec.webhook.mapping.${member}`, (it) =>
        compileExpression(it, member === 'alerts' ? MAPPING_ALERTS_NAMES : MAPPING_ITEM_NAMES),
      )
  } else if (object.kind === 'Sink') {
    condition(object.spec.when, 'spec.when', SINK_NAMES)
    template(object.spec.template, 'spec.template')
  } else {
    object.spec.steps.forEach((step, i) => {
      condition(step.when, `spec.steps[${i}].when`, STEP_NAMES)
      template(step.notify?.message, `spec.steps[${i}].notify.message`, MESSAGE_NAMES)
      step.kubectl?.args.forEach((arg, k) => template(arg, `spec.steps[${i}].kubectl.args[${k}]`, ARGS_NAMES))
      for (const [member, text] of runTexts(step.run)) template(text, `spec.steps[${i}].run.${member}`, ARGS_NAMES)
      const program = step.run?.command?.[0]
      if (program !== undefined && /\{[{%]/.test(program)) problems.push({ field: `spec.steps[${i}].run.command[0]`, ...FIXED_PROGRAM })
      template(step.agent?.goal, `spec.steps[${i}].agent.goal`, GOAL_NAMES)
    })
    object.spec.outputs?.forEach((output, i) => {
      check(output.expression, `spec.outputs[${i}].expression`, (text) => compileExpression(text, OUTPUT_NAMES))
    })
    object.spec.sinks?.forEach((sink, i) => condition(sink.when, `spec.sinks[${i}].when`, SINK_REF_NAMES))
  }
  return problems
}

/** Slots that overtook one another would be lost. */
function checkJitter(schedule: Schedule, jitter: string | undefined): void {
  if (jitter === undefined) return
  const shortestMs = schedule.shortestMs()
  if (parseDuration(jitter) < shortestMs) return
  throw new InputError(`${jitter} is not shorter than the time between two looks (${formatDuration(shortestMs)})`, {
    field: 'spec.schedule.jitter',
    remedy: `Write less than ${formatDuration(shortestMs)}.`,
  })
}

const FIXED_PROGRAM = {
  message: 'a program that an alert could choose',
  remedy: 'Write the program itself; only what follows it may be a template.',
}

/** Every template of a run step, by its place. */
const runTexts = ({ command = [], args = [], env = [] }: Partial<RunStep> = {}): [member: string, text: string | undefined][] => [
  ...command.map((text, k): [string, string] => [`command[${k}]`, text]),
  ...args.map((text, k): [string, string] => [`args[${k}]`, text]),
  ...env.map(({ value }, k): [string, string | undefined] => [`env[${k}].value`, value]),
]

/** Every expression of a mapping, by its place: `labels[namespace]`. */
const mappingTexts = (mapping: Mapping): [member: string, text: string][] =>
  Object.entries(mapping).flatMap(([member, text]) =>
    typeof text === 'string'
      ? [[member, text]]
      : Object.entries(text).map(([name, one]) => [`${member}[${name}]`, one] as [string, string]),
  )

/** Where objects are looked up by namespace and name: undefined is not there. */
export interface Others {
  workflow(namespace: string, name: string): unknown
  sink(namespace: string, name: string): unknown
}

/** References that lead nowhere. `others` is where the referred objects are: the registry, or a snapshot that is about to become it. */
export function referenceProblems(object: Source | Workflow | Sink, others: Others): Problem[] {
  const namespace = object.metadata.namespace ?? 'default'
  const problems: Problem[] = []
  if (object.kind === 'Source' && others.workflow(namespace, object.spec.workflowRef.name) === undefined) {
    problems.push(missing('spec.workflowRef.name', 'Workflow', namespace, object.spec.workflowRef.name))
  }
  if (object.kind === 'Workflow') {
    const refs = [
      ...object.spec.steps.map((step, i) => [`spec.steps[${i}].notify.sinkRef.name`, step.notify?.sinkRef.name] as const),
      ...(object.spec.sinks ?? []).map((sink, i) => [`spec.sinks[${i}].sinkRef.name`, sink.sinkRef.name] as const),
    ]
    for (const [field, name] of refs) {
      if (name !== undefined && others.sink(namespace, name) === undefined) problems.push(missing(field, 'Sink', namespace, name))
    }
  }
  return problems
}

const missing = (field: string, kind: string, namespace: string, name: string): Problem => ({
  field,
  message: `there is no ${kind} ${namespace}/${name}`,
  remedy: `Create it in namespace ${namespace}, or name another one; references stay within a namespace.`,
})

/** What a process lends to the Workflows that it accepts. */
export interface Surroundings {
  /**
   * Whether whoever wrote the manifests also runs the process (a folder). What comes from the API server may come from any
   * tenant: it must not name the process's own files.
   */
  trusted: boolean
  /** Providers for whose own address the process has a key. */
  ownKeys: readonly Provider[]
  /** Whether it has a model for Workflows that name none. */
  defaultModel: boolean
  /** Absolute paths of its programs that run steps of a folder may start; absent: none. */
  allowedCommands?: readonly string[]
  /** Whether its cluster is a recorded one, which runs nothing. */
  isRecorded?: boolean
}

/** A model with its place in the Workflow: `spec.model.fallbacks[0]`. */
export interface PlacedModel {
  field: string
  model: OneModel
}

/** Every model that a Workflow names. */
export function modelsOf({ spec }: Workflow): PlacedModel[] {
  const named = [
    { field: 'spec.model', model: spec.model },
    ...spec.steps.map((step, i) => ({ field: `spec.steps[${i}].agent.model`, model: step.agent?.model })),
  ]
  return named.flatMap(({ field, model }) =>
    model ? modelChain(model).map((one, i) => ({ field: i === 0 ? field : `${field}.fallbacks[${i - 1}]`, model: one })) : [],
  )
}

/** Models that play a file of the server's own: what comes from a tenant must not name one, and such a file is not even looked at. */
export const fileProblems = (workflow: Workflow): Problem[] =>
  modelsOf(workflow)
    .filter(({ model }) => model.provider === 'scripted')
    .map(({ field }) => ({
      field: `${field}.provider`,
      message: 'a scripted model plays a file of the server: only manifests from a folder may name one',
      remedy: 'Name a real model, or try it with `inquest serve --manifests`.',
    }))

/** Models that could not be asked here, so that nobody finds out at 3 a.m. */
export function modelProblems(workflow: Workflow, { trusted, ownKeys, defaultModel }: Surroundings): Problem[] {
  const forbidden = trusted ? [] : fileProblems(workflow)
  const problems = modelsOf(workflow).flatMap(({ field, model }): Problem[] => {
    const { provider } = model
    if ((provider !== 'anthropic' && provider !== 'openai') || model.apiKeySecretRef || ownKeys.includes(provider)) return []
    const remedy = `Name a Secret, or start the server with ${KEY_VARIABLES[provider]}.`
    return [{ field: `${field}.apiKeySecretRef`, message: `${provider} needs an API key, and the server has none`, remedy }]
  })
  const { model, steps } = workflow.spec
  steps.forEach((step, i) => {
    if (!step.agent || step.agent.model || model || defaultModel) return
    const remedy = 'Write `spec.model`, or start the server with --model.'
    problems.push({ field: `spec.steps[${i}].agent`, message: 'there is no model to ask', remedy })
  })
  return [...forbidden, ...problems]
}

/** Programs that would not be run here: a tenant's never on the server's own machine, a folder's only as the server's configuration says. */
export function runProblems({ spec }: Workflow, { trusted, allowedCommands = [], isRecorded = false }: Surroundings): Problem[] {
  return spec.steps.flatMap(({ run }, i): Problem[] => {
    const field = `spec.steps[${i}].run`
    if (run?.image !== undefined)
      return isRecorded
        ? [
            {
              field: `${field}.image`,
              message: 'a recorded cluster runs nothing',
              remedy: 'Look at a live cluster, or leave the step out.',
            },
          ]
        : []
    const program = run?.command?.[0]
    if (program === undefined) return []
    if (!trusted) {
      const message = "without an image it is a program of the server's own, which only manifests from a folder may name"
      return [{ field, message, remedy: 'Write `image`: it then runs as a Job in this namespace.' }]
    }
    if (allowedCommands.includes(program)) return []
    const known = allowedCommands.length > 0 ? ` It allows ${allowedCommands.join(', ')}.` : ''
    const remedy = program.startsWith('/')
      ? `Start the server with --allowed-commands ${program}, or write \`image\` to run it as a Job.${known}`
      : `Write its whole path, which --allowed-commands must name, or \`image\` to run it as a Job.${known}`
    return [{ field: `${field}.command[0]`, message: `the server does not allow the program ${program}`, remedy }]
  })
}

/** Senders that only a cluster knows, where the manifests come from a folder. */
export function senderProblems({ spec }: Source): Problem[] {
  if (!spec.auth?.serviceAccount) return []
  const message = 'tokens of ServiceAccounts are known to a cluster only, and these manifests come from a folder'
  return [{ field: 'spec.auth.serviceAccount', message, remedy: 'Use `bearer` with a Secret.' }]
}

/** The objects of a snapshot by name, for `referenceProblems`. */
export function lookupIn(snapshot: Snapshot): Others {
  const find = <T extends Workflow | Sink>(objects: readonly T[], namespace: string, name: string): T | undefined =>
    objects.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name)
  return {
    workflow: (namespace, name) => find(snapshot.workflows, namespace, name),
    sink: (namespace, name) => find(snapshot.sinks, namespace, name),
  }
}

/** Secrets that an object refers to, with the field: they are looked up when they are used, and may be missing until then. */
export function secretRefs(object: Source | Workflow | Sink): { field: string; name: string; key: string }[] {
  const found: { field: string; name: string; key: string }[] = []
  const add = (field: string, ref: { name: string; key: string } | undefined) => ref && found.push({ field, ...ref })
  if (object.kind === 'Source') {
    add('spec.auth.bearer.secretKeyRef', object.spec.auth?.bearer?.secretKeyRef)
    add('spec.auth.basic.passwordSecretKeyRef', object.spec.auth?.basic?.passwordSecretKeyRef)
    add('spec.auth.hmac.secretKeyRef', object.spec.auth?.hmac?.secretKeyRef)
  }
  if (object.kind === 'Workflow') for (const { field, model } of modelsOf(object)) add(`${field}.apiKeySecretRef`, model.apiKeySecretRef)
  if (object.kind === 'Sink') {
    add('spec.webhook.urlSecretKeyRef', object.spec.webhook?.urlSecretKeyRef)
    add('spec.webhook.hmac.secretKeyRef', object.spec.webhook?.hmac?.secretKeyRef)
    object.spec.webhook?.headers?.forEach((header, i) =>
      add(`spec.webhook.headers[${i}].valueFrom.secretKeyRef`, header.valueFrom?.secretKeyRef),
    )
  }
  return found
}
