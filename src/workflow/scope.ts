import type { RunInput, Values } from '#store'
import type { StepRecord } from './run.ts'

/** What conditions, outputs and templates see, as plain JSON. */
export interface Scope extends Values {
  alert: Values | null
  alerts: readonly Values[]
  params: Readonly<Record<string, string>>
  incident: Values | null
  steps: Readonly<Record<string, { status: string; outputs: unknown }>>
}

/** What is the same from the start to the end. */
export function baseScope(input: RunInput): Omit<Scope, 'steps'> {
  const alerts = input.alerts.map((alert) => ({ ...alert }))
  return { alert: alerts[0] ?? null, alerts, params: input.params, incident: input.incident ? { ...input.incident } : null }
}

/** Every step has an entry from the start, so that a condition may ask for one that has not run. */
export function scopeOf(input: RunInput, records: readonly StepRecord[]): Scope {
  const steps = input.workflow.spec.steps.map(({ name }) => {
    const record = records.find((record) => record.name === name)
    return [name, { status: record?.status ?? 'Pending', outputs: record?.outputs ?? null }] as const
  })
  return { ...baseScope(input), steps: Object.fromEntries(steps) } as Scope
}
