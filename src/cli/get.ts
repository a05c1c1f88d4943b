import { stringify } from 'yaml'
import { systemClock } from '#kit/clock'
import { formatDuration } from '#kit/duration'
import { InputError } from '#kit/errors'
import { objectText } from '#kinds/result'
import { AlertView, IncidentSummary, InvestigationSummary, List } from '#server'
import { apiClient, type ApiClient, type ApiOptions } from './api-client.ts'
import type { Io } from './io.ts'
import { showInvestigation, watchInvestigation } from './show-investigation.ts'
import { shorten, table } from './table.ts'

export interface GetOptions extends ApiOptions {
  namespace?: string
  watch?: boolean
  artifact?: string
  limit: string
  output: string
}

const KINDS: Record<string, 'investigations' | 'incidents' | 'alerts'> = {
  investigation: 'investigations',
  investigations: 'investigations',
  inv: 'investigations',
  incident: 'incidents',
  incidents: 'incidents',
  inc: 'incidents',
  alert: 'alerts',
  alerts: 'alerts',
}

/** `inquest get`: lists of a running server, or one investigation with its timeline, result and usage. */
export async function get(word: string, name: string | undefined, options: GetOptions, io: Io, given?: ApiClient): Promise<void> {
  const kind = KINDS[word]
  if (!kind)
    throw new InputError(`there is nothing called "${word}" to get`, {
      field: 'kind',
      remedy: 'Ask for investigations, incidents or alerts.',
    })
  const client = given ?? (await apiClient(options, io))
  if (name !== undefined) {
    if (kind !== 'investigations')
      throw new InputError(`one ${word} alone cannot be shown`, { field: 'name', remedy: `List them: inquest get ${kind}.` })
    const path = await locate(client, name, options.namespace)
    if (options.artifact !== undefined) {
      const text = await client.text(`${path}/artifacts/${encodeURIComponent(options.artifact)}`)
      // What a program printed must not speak to the terminal; into a file or a pipe it goes as it is.
      return io.out(io.outIsTerminal ? text.replace(/[^\P{Cc}\t\n]/gu, '') : text)
    }
    return options.watch ? watchInvestigation(client, path, options.output, io) : showInvestigation(client, path, options.output, io)
  }
  if (options.artifact !== undefined)
    throw new InputError('--artifact belongs to one investigation', {
      field: '--artifact',
      remedy: 'Name it: inquest get investigation NAME --artifact FILE.',
    })
  if (options.watch)
    throw new InputError('--watch follows one investigation', {
      field: '--watch',
      remedy: 'Name it: inquest get investigation NAME --watch.',
    })
  const search = new URLSearchParams({ limit: options.limit, ...(options.namespace ? { namespace: options.namespace } : {}) })
  const rows = await LISTS[kind](client, `/${kind}?${search}`)
  if (options.output === 'json') io.out(`${JSON.stringify({ items: rows.items }, null, 2)}\n`)
  else if (options.output === 'yaml') io.out(stringify({ items: rows.items }))
  else if (rows.items.length === 0) io.err(`No ${kind} yet.\n`)
  else io.out(table(rows.heads, rows.cells))
}

/** An investigation's name is unique in its namespace; without one the newest of that name anywhere. */
async function locate(client: ApiClient, name: string, namespace: string | undefined): Promise<string> {
  if (name.includes('/')) return `/investigations/${name}`
  if (namespace) return `/investigations/${namespace}/${name}`
  const { items } = await client.get('/investigations?limit=500', List(InvestigationSummary))
  const found = items.find((one) => one.name === name)
  if (!found)
    throw new InputError(`there is no investigation "${name}" among the newest 500`, {
      field: 'name',
      remedy: 'List them with `inquest get investigations`, or give --namespace.',
    })
  return `/investigations/${found.namespace}/${found.name}`
}

const age = (time: string): string => formatDuration(systemClock.now().getTime() - Date.parse(time))

const LISTS = {
  async investigations(client: ApiClient, path: string) {
    const { items } = await client.get(path, List(InvestigationSummary))
    return {
      items,
      heads: ['NAMESPACE', 'NAME', 'PHASE', 'AGE', 'TOOK', 'CONFIDENCE', 'OBJECT', 'ROOT CAUSE'],
      cells: items.map((one) => [
        one.namespace,
        one.name,
        one.reason && one.reason !== 'Complete' ? `${one.phase} (${one.reason})` : one.phase,
        age(one.createdAt),
        one.startedAt && one.completedAt ? formatDuration(Date.parse(one.completedAt) - Date.parse(one.startedAt)) : '-',
        one.confidence === null ? '-' : `${Math.round(one.confidence * 100)}%`,
        one.object ? objectText(one.object) : '-',
        shorten(one.rootCause ?? one.message ?? '-', 80),
      ]),
    }
  },
  async incidents(client: ApiClient, path: string) {
    const { items } = await client.get(path, List(IncidentSummary))
    return {
      items,
      heads: ['ID', 'SOURCE', 'STATUS', 'AGE', 'ALERTS', 'INVESTIGATIONS', 'TITLE'],
      cells: items.map((one) => [
        one.id,
        one.source,
        one.outcome ?? one.status,
        age(one.openedAt),
        String(one.alerts),
        String(one.investigations),
        shorten(one.title, 60),
      ]),
    }
  },
  async alerts(client: ApiClient, path: string) {
    const { items } = await client.get(path, List(AlertView))
    return {
      items,
      heads: ['SOURCE', 'STATUS', 'FIRED', 'SEEN', 'ALERT', 'LABELS'],
      cells: items.map((one) => [
        one.source,
        one.filtered ? `${one.status} (filtered)` : one.status,
        age(one.startsAt),
        String(one.seen),
        one.labels['alertname'] ?? '-',
        shorten(
          Object.entries(one.labels)
            .filter(([label]) => label !== 'alertname')
            .map(([label, value]) => `${label}=${value}`)
            .join(' '),
          80,
        ),
      ]),
    }
  },
}
