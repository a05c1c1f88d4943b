import { targetOf, type Alert } from '#alert'
import { InputError } from '#kit/errors'
import type { Registry } from '#kinds/registry'
import type { ObjectRef } from '#kinds/result'
import type { RunInput } from '#store'

/** At most so many alerts of an incident are kept with an investigation. */
export const MAX_ALERTS = 100

export interface Start {
  namespace: string
  workflow: string
  params: Readonly<Record<string, string>>
  alerts: readonly Alert[]
  alertCount: number
  incident: RunInput['incident']
  /** What to look at; default: what the first alert is about. */
  target: ObjectRef | null
  source: string | null
}

/** The objects as they are now: what a started investigation works with, whatever is edited later. Throws an InputError without the Workflow. */
export function snapshot(registry: Registry, start: Start): RunInput {
  const workflow = registry.workflow(start.namespace, start.workflow)
  if (!workflow) {
    const why = registry.unusable('Workflow', start.namespace, start.workflow)
    if (why !== null) {
      const remedy = 'Mend it: its condition Accepted says the same.'
      throw new InputError(`the Workflow ${start.namespace}/${start.workflow} cannot be used: ${why}`, {
        field: 'workflowRef.name',
        remedy,
      })
    }
    throw new InputError(`there is no Workflow ${start.namespace}/${start.workflow}`, {
      field: 'workflowRef.name',
      remedy: `Create it, or name another one: ${names(registry, start.namespace)}`,
    })
  }
  const wanted = new Set<string>()
  for (const { sinkRef } of workflow.spec.sinks ?? []) wanted.add(sinkRef.name)
  for (const { notify } of workflow.spec.steps) if (notify) wanted.add(notify.sinkRef.name)
  const sinks = [...wanted].map((name) => ({ name, sink: registry.sink(start.namespace, name) }))
  const first = start.alerts[0]
  return {
    workflow: { name: workflow.metadata.name, generation: workflow.metadata.generation ?? null, spec: workflow.spec },
    sinks: sinks.flatMap(({ name, sink }) => (sink ? [{ name, generation: sink.metadata.generation ?? null, spec: sink.spec }] : [])),
    missingSinks: sinks.filter(({ sink }) => !sink).map(({ name }) => name),
    params: start.params,
    alerts: start.alerts.slice(0, MAX_ALERTS),
    alertCount: start.alertCount,
    incident: start.incident,
    target: start.target ?? (first ? targetOf(first) : null),
    source: start.source,
  }
}

/** An investigation that cannot start is recorded all the same: it has no steps. */
export const emptySnapshot = (start: Start): RunInput => ({
  workflow: { name: start.workflow, generation: null, spec: { steps: [] } },
  sinks: [],
  missingSinks: [],
  params: start.params,
  alerts: start.alerts.slice(0, MAX_ALERTS),
  alertCount: start.alertCount,
  incident: start.incident,
  target: start.target,
  source: start.source,
})

function names(registry: Registry, namespace: string): string {
  const found = registry.workflows().filter((workflow) => workflow.metadata.namespace === namespace)
  return found.length > 0 ? `${found.map((workflow) => workflow.metadata.name).join(', ')}.` : `there is none in namespace ${namespace}.`
}
