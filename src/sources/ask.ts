import { z } from 'zod'
import { fingerprint, instant, type Alert } from '#alert'
import { targetRef } from '#cluster'
import { InputError } from '#kit/errors'
import { explainIssues } from '#kinds/issues'
import { StringMap } from '#kinds/meta'
import type { ObjectRef } from '#kinds/result'
import type { Source } from '#kinds/source'
import { Target } from '#kinds/target'

/** What is posted to an `api` Source: all of it may be left out. */
const Ask = z.strictObject({
  target: Target.optional(),
  alert: z
    .strictObject({
      labels: StringMap({ entries: 64, key: 1024, value: 4096 }),
      annotations: StringMap({ entries: 64, key: 1024, value: 16384 }).optional(),
      startsAt: z.string().max(64).optional(),
    })
    .optional(),
  params: StringMap({ entries: 64, key: 63, value: 4096 }).optional(),
})

/** An investigation that somebody asks for. */
export interface Command {
  namespace: string
  workflow: string
  target?: ObjectRef
  alert?: Pick<Alert, 'labels' | 'annotations' | 'fingerprint'> & { startsAt?: string }
  params: Readonly<Record<string, string>>
  /** namespace/name of the Source. */
  source: string
}

/** What a body asks of an `api` Source; an empty body asks for a look at everything. Throws an InputError that names the field. */
export function readAsk({ metadata, spec }: Source, body: Uint8Array): Command {
  const parsed = Ask.safeParse(json(body), { reportInput: true })
  if (!parsed.success) {
    // An Investigation's spec has the same members; who posts knows of no spec.
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ['spec', ...issue.path] }))
    const { field, message, remedy } = explainIssues(issues, 'Investigation')[0]!
    const member = field.replace(/^spec\.?/, '')
    if (!member)
      throw new InputError(`the body: ${message}`, { remedy: 'Send an object with target, alert and params, each of them if wanted.' })
    throw new InputError(`${member}: ${message}`, { remedy })
  }
  const { target, alert, params } = parsed.data
  if (alert?.startsAt !== undefined && instant(alert.startsAt) === null)
    throw new InputError(`alert.startsAt: "${alert.startsAt}" is no time`, { remedy: 'Write it as RFC 3339: 2026-01-31T12:00:00Z.' })
  const namespace = metadata.namespace!
  return {
    namespace,
    workflow: spec.workflowRef.name,
    ...(target && { target: targetRef(target, namespace) }),
    ...(alert && {
      alert: {
        labels: alert.labels,
        annotations: alert.annotations ?? {},
        fingerprint: fingerprint(alert.labels),
        ...(alert.startsAt && { startsAt: alert.startsAt }),
      },
    }),
    params: { ...spec.params, ...params },
    source: `${namespace}/${metadata.name}`,
  }
}

function json(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body).trim()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`the body is not JSON: ${(error as Error).message.slice(0, 200)}`, { remedy: 'Send JSON, or nothing.' })
  }
}
