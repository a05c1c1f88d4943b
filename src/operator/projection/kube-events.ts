import type { KubeObject } from '#cluster'
import { hash } from '#kit/ids'
import { API_GROUP, API_VERSION } from '#kinds/meta'
import type { Workflow } from '#kinds/workflow'
import type { ObjectName, ShownInvestigation } from '#store'
import { cut } from './cut.ts'
import { EVENTS } from './names.ts'

const MAX_NOTE = 1_024
/** What ended so long ago is no news: the API server forgets Events after an hour. */
const NEWS_MS = 10 * 60_000

interface Told {
  reason: string
  type: 'Normal' | 'Warning'
  note: string
  at: Date
}

/**
 * The Kubernetes Events that are due: what the phase says that was not told yet. Their names are made of the object and the reason, so
 * that a second process, or a second try, makes the same ones.
 */
export function eventsOf(
  row: ShownInvestigation,
  object: ObjectName,
  workflow: Workflow | undefined,
  now: Date,
  instance: string,
): KubeObject[] {
  const told = row.object?.told ?? null
  const isNews = (row.completedAt ?? now).getTime() > now.getTime() - NEWS_MS
  if (told === row.phase || !isNews) return []
  const started = row.startedAt && (told === null || told === 'Pending') ? [startedOf(row, row.startedAt)] : []
  const ended = row.completedAt ? [endedOf(row, row.completedAt)] : []
  const own = { apiVersion: API_VERSION, kind: 'Investigation', ...object }
  const { uid } = workflow?.metadata ?? {}
  const its = uid ? { apiVersion: API_VERSION, kind: 'Workflow', namespace: row.namespace, name: row.workflow, uid } : undefined
  return [
    ...[...started, ...ended].map((event) => eventFor(own, its, event, instance)),
    ...(its
      ? ended.map((event) =>
          eventFor(its, own, { ...event, reason: `Investigation${event.reason}`, note: `${object.name}: ${event.note}` }, instance),
        )
      : []),
  ]
}

const startedOf = ({ workflow, target }: ShownInvestigation, at: Date): Told => {
  const what = target
    ? ` looks at ${target.kind} ${target.namespace === null ? '' : `${target.namespace}/`}${target.name}`
    : ' investigates'
  return { reason: 'Started', type: 'Normal', note: `Workflow ${workflow}${what}.`, at }
}

function endedOf({ phase, reason, message }: ShownInvestigation, at: Date): Told {
  const note = message ?? ''
  if (phase === 'Succeeded') {
    return reason === 'Degraded' ? { reason, type: 'Warning', note, at } : { reason: 'Concluded', type: 'Normal', note, at }
  }
  return { reason: phase, type: phase === 'Cancelled' ? 'Normal' : 'Warning', note, at }
}

interface Regarded {
  apiVersion: string
  kind: string
  namespace: string
  name: string
  uid: string
}

const eventFor = (regarding: Regarded, related: Regarded | undefined, { reason, type, note, at }: Told, instance: string): KubeObject => ({
  apiVersion: EVENTS.apiVersion,
  kind: EVENTS.kind,
  metadata: {
    namespace: regarding.namespace,
    name: `${regarding.name.slice(0, 200).replace(/[-.]+$/, '')}.${hash(regarding.uid, related?.uid ?? '', reason).slice(0, 16)}`,
  },
  // Microseconds: the type wants them.
  eventTime: at.toISOString().replace('Z', '000Z'),
  reportingController: `${API_GROUP}/operator`,
  reportingInstance: instance.slice(0, 128),
  action: 'Investigate',
  reason,
  type,
  regarding,
  ...(related && { related }),
  note: cut(note, MAX_NOTE),
})
