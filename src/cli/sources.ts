import { readFile } from 'node:fs/promises'
import { targetOf } from '#alert'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'
import { expressionProblems } from '#kinds/acceptance'
import { API_VERSION } from '#kinds/meta'
import { parseManifests } from '#kinds/manifest'
import { problemText } from '#kinds/problem'
import { objectText } from '#kinds/result'
import type { Source } from '#kinds/source'
import type { WebhookPreset } from '#kinds/webhook-source'
import { compileSource, readAsk, type Command, type Judged } from '#sources'
import type { Io } from './io.ts'

export interface SourcesTestOptions {
  source?: string
  name?: string
  preset?: WebhookPreset
  header: string[]
  output: string
}

/** Without a manifest there is none to name. */
const NO_WORKFLOW = ''

/** `inquest sources test FILE`: what a payload becomes at a Source, and why. Nothing is stored, nobody is asked. */
export async function testSource(path: string, options: SourcesTestOptions, io: Io): Promise<void> {
  const source = await sourceOf(options)
  const body = path === '-' ? await io.readStdin() : await readText(path, 'file')
  const bytes = new TextEncoder().encode(body)
  if (source.spec.api) {
    const asked = readAsk(source, bytes)
    return io.out(options.output === 'json' ? `${JSON.stringify(asked, null, 2)}\n` : askedText(asked))
  }
  const judged = compileSource(source)(bytes, systemClock.now(), headersOf(options.header))
  if (options.output === 'json') io.out(`${JSON.stringify(shape(source, judged), null, 2)}\n`)
  else io.out(text(source, judged))
}

async function sourceOf({ source: path, name, preset }: SourcesTestOptions): Promise<Source> {
  if (path === undefined) {
    const spec = { auth: { none: {} }, workflowRef: { name: NO_WORKFLOW } }
    return {
      apiVersion: API_VERSION,
      kind: 'Source',
      metadata: { namespace: 'default', name: preset ?? 'alertmanager' },
      spec: preset ? { webhook: { preset }, ...spec } : { alertmanager: {}, ...spec },
    }
  }
  if (preset) throw new InputError('a manifest names its own preset', { field: '--preset', remedy: 'Drop --preset or --source.' })
  const { objects, problems } = parseManifests(await readText(path, '--source'), path)
  if (problems[0]) throw new InputError(problems.map(problemText).join('\n'), { field: '--source' })
  const sources = objects.flatMap(({ object }) => (object.kind === 'Source' ? [object] : []))
  const found = name === undefined ? sources : sources.filter(({ metadata }) => metadata.name === name)
  if (found.length === 1) {
    // Whoever serves or applies it is told the same.
    const wrong = expressionProblems(found[0]!)
    if (wrong[0]) throw new InputError(wrong.map(problemText).join('\n'), { field: wrong.length === 1 ? '' : '--source' })
    return found[0]!
  }
  const known = sources.map(({ metadata }) => metadata.name).join(', ')
  throw new InputError(found.length === 0 ? `there is no such Source in ${path}` : `there are several Sources in ${path}`, {
    field: '--name',
    remedy: known ? `Name one of: ${known}.` : 'Give a file with a Source.',
  })
}

async function readText(path: string, field: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new InputError(`cannot read ${path}: ${error.message}`, { field, remedy: 'Give a readable file.' })
  })
}

function headersOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((header) => {
      const [, name, value] = /^([-A-Za-z0-9]+):\s*(.*)$/.exec(header) ?? []
      if (name === undefined) throw new InputError(`"${header}" is no header`, { field: '--header', remedy: 'Write it as "Name: value".' })
      return [name.toLowerCase(), value!]
    }),
  )
}

const shape = ({ spec }: Source, { batch, payload, filterErrors }: Judged): object => ({
  alerts: batch.alerts.map(({ alert, as, group, title }) => ({
    becomes: as,
    alert,
    incident: as === 'incident' ? { title, labels: group.labels, key: group.key, workflow: spec.workflowRef.name || null } : null,
    target: targetOf(alert),
  })),
  rejected: payload.rejected,
  oddities: payload.oddities,
  filterErrors,
})

/** What is asked of an `api` Source. */
function askedText({ workflow, target, alert, params }: Command): string {
  const lines = [
    'an investigation that somebody asks for: answered with 202 and its id',
    `  starts       Workflow ${workflow} at once`,
    `  looks at     ${target ? objectText(target) : alert ? 'what the alert is about' : "everything that the Workflow's ServiceAccount may read"}`,
    ...(alert ? [`  alert        ${pairs(alert.labels)}`] : []),
    ...(Object.keys(params).length > 0 ? [`  params       ${pairs(params)}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

const BECOMES = {
  incident: 'part of an incident',
  filtered: 'kept, starts nothing: the filter is false, or Inquest sent it itself',
  heartbeat: 'a sign of life of the sender, never an incident',
} as const

function text({ spec }: Source, { batch, payload, filterErrors }: Judged): string {
  const lines = batch.alerts.flatMap(({ alert, as, group, title }) => {
    const target = targetOf(alert)
    const when = alert.endsAt === null ? `since ${alert.startsAt}` : `from ${alert.startsAt} to ${alert.endsAt}`
    return [
      `${title}: ${alert.status} ${when}`,
      `  becomes      ${as === 'incident' && alert.status === 'resolved' ? 'the end of this alert, if it fired' : BECOMES[as]}`,
      `  labels       ${pairs(alert.labels)}`,
      ...(Object.keys(alert.annotations).length > 0 ? [`  annotations  ${pairs(alert.annotations)}`] : []),
      ...(as === 'incident' && alert.status === 'firing'
        ? [
            `  incident     ${pairs(group.labels)} (alerts with these values are one)`,
            `  starts       ${spec.workflowRef.name === NO_WORKFLOW ? 'its Workflow' : `Workflow ${spec.workflowRef.name}`} after ${batch.windowMs / 1_000} s`,
            `  looks at     ${target ? objectText(target) : 'no object that its labels name: map one (namespace, and deployment, pod, node, …)'}`,
          ]
        : []),
    ]
  })
  return [
    ...lines,
    ...payload.rejected.map(({ index, reason, excerpt }) => `item ${index}: rejected: ${reason}\n  sent         ${excerpt.slice(0, 200)}`),
    ...payload.oddities,
    ...filterErrors.map((error) => `the filter failed, so the alert was let through: ${error}`),
    ...(batch.alerts.length + payload.rejected.length === 0 ? ['no alert was found in it'] : []),
    '',
  ].join('\n')
}

const pairs = (map: Readonly<Record<string, string>>): string =>
  Object.entries(map)
    .map(([name, value]) => `${name}=${value.length > 120 ? `${value.slice(0, 119)}…` : value}`)
    .join(' ')
