import { redact } from '#kit/redact'
import type { Result } from '#kinds/result'
import type { Sink } from '#kinds/sink'
import { renderMarkdown, type Message } from '#sinks'
import type { Investigation, Values } from '#store'
import { renderTemplate } from './expressions.ts'
import { errorText } from '#kit/errors'
import { threadOf } from './delivery-key.ts'
import type { Parts } from './parts.ts'

/** What a message needs to know besides its investigation. It has no clock: a repeat must say the same. */
export interface Told {
  state: Message['state']
  result: Result | null
  outputs: Values
  scope: Values
  /** The Sink's or the step's own template; without one, the house's report. */
  template: string | undefined
}

export function messageOf({ link }: Pick<Parts, 'link'>, investigation: Investigation, told: Told): Message {
  const { id, namespace, name, input } = investigation
  const first = input.alerts[0] ?? null
  const resolved = told.state === 'resolved' || (input.alerts.length > 0 && input.alerts.every((alert) => alert.status === 'resolved'))
  return {
    state: told.state,
    title: investigation.title,
    text: redact(textOf(investigation, told)),
    templated: told.template !== undefined,
    incident: {
      id: threadOf(investigation),
      status: resolved ? 'resolved' : 'firing',
      startsAt: first?.startsAt ?? input.incident?.openedAt ?? investigation.createdAt.toISOString(),
      labels: commonLabels(input.alerts),
    },
    investigation: { id, namespace, name, link: link({ id, namespace, name }) },
    alert: first && { labels: first.labels, annotations: first.annotations },
    result: told.result,
    outputs: told.outputs,
  }
}

/** What all of them have alike. */
function commonLabels(alerts: readonly { labels: Readonly<Record<string, string>> }[]): Record<string, string> {
  const [first, ...others] = alerts
  return Object.fromEntries(
    Object.entries(first?.labels ?? {}).filter(([name, value]) => others.every(({ labels }) => labels[name] === value)),
  )
}

/** A template that fails must not cost the message: the house's report goes out, and says so. */
function textOf(investigation: Investigation, told: Told): string {
  if (told.template === undefined) return report(investigation, told)
  try {
    return renderTemplate(told.template, {
      ...told.scope,
      result: told.result,
      outputs: told.outputs,
      state: told.state,
      investigation: { id: investigation.id, namespace: investigation.namespace, name: investigation.name, title: investigation.title },
    })
  } catch (error) {
    return `${report(investigation, told)}\n\n_The template of this message could not be rendered: ${errorText(error)}_\n`
  }
}

function report(investigation: Investigation, { state, result }: Told): string {
  const head = HEADS[state](investigation)
  return result ? `${head}\n\n${renderMarkdown(result)}` : `${head}\n`
}

const HEADS: Record<Message['state'], (investigation: Investigation) => string> = {
  update: ({ title }) => `**${title}**: being investigated.`,
  completed: ({ title }) => `**${title}**: investigated.`,
  failed: ({ title, message }) => `**${title}**: the investigation failed. ${message ?? ''}`,
  resolved: ({ title }) => `**${title}**: resolved.`,
}

/** The Sink as it was when the investigation started, with the name that Secrets are looked up under. */
export function sinkOf(investigation: Investigation, name: string): Sink | null {
  const found = investigation.input.sinks.find((sink) => sink.name === name)
  if (!found) return null
  return { apiVersion: 'inquest.dev/v1alpha1', kind: 'Sink', metadata: { name, namespace: investigation.namespace }, spec: found.spec }
}
