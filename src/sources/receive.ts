import type { Clock } from '#kit/clock'
import { errorText, InputError, inputErrorText, RetryableError } from '#kit/errors'
import type { Logger } from '#kit/log'
import type { Registry } from '#kinds/registry'
import type { Source } from '#kinds/source'
import type { Intake, Store } from '#store'
import { readAsk, type Command } from './ask.ts'
import { authenticate, type WhoIs } from './auth.ts'
import { compileSource, type Judge } from './judge.ts'
import { POSTED } from './parsers.ts'
import type { Headers, Payload } from './payload.ts'

export interface WebhookRequest {
  namespace: string
  /** Name of the Source. */
  source: string
  /** By lower-case name. */
  headers: Headers
  body: Uint8Array
}

export interface WebhookAnswer {
  /** Alertmanager tries again after 503 only. 200 means: stored. */
  status: 200 | 202 | 400 | 401 | 404 | 413 | 503
  body: Readonly<Record<string, unknown>>
  /** Seconds, for `Retry-After`. */
  retryAfter?: number
  /** The investigation that somebody asked for. */
  started?: { namespace: string; name: string }
}

export interface ReceiverParts {
  registry: Pick<Registry, 'source' | 'secret' | 'isComplete' | 'unusable'>
  store: Pick<Store, 'intake'>
  /** For Sources whose sender is a ServiceAccount. */
  whoIs: WhoIs
  clock: Clock
  log: Logger
  maxBodyBytes: number
  /** After a notification was stored: so that whoever starts investigations need not wait for his next look. */
  onStored?(intake: Intake): void
  /** Starts an investigation that was asked for. Throws an InputError when there is no such Workflow. */
  start(command: Command): Promise<{ id: string; name: string }>
}

const RETRY_SECONDS = 5

/** The whole way of a webhook, HTTP aside: whose is it, may he, what does it say, store it, answer. It never throws. */
export function createWebhookReceiver(parts: ReceiverParts): (request: WebhookRequest) => Promise<WebhookAnswer> {
  // An edited Source is another object.
  const compiled = new WeakMap<Source, Judge>()
  const judgeOf = (source: Source): Judge => {
    const judge = compiled.get(source) ?? compileSource(source)
    compiled.set(source, judge)
    return judge
  }

  return async (request) => {
    const name = `${request.namespace}/${request.source}`
    const log = parts.log.child({ source: name })
    const source = parts.registry.source(request.namespace, request.source)
    if (!source) {
      if (!parts.registry.isComplete()) return later('the manifests have not been read yet')
      // Its author is about to mend it; 404 would make the sender forget the alert.
      if (parts.registry.unusable('Source', request.namespace, request.source) !== null) return later(`the Source ${name} cannot be used`)
      return refuse(404, `there is no Source ${name}`, 'Alerts go to /webhooks/<namespace>/<source>; list them with `inquest get sources`.')
    }
    if (source.spec.suspend) return later(`the Source ${name} is suspended`)

    const { auth } = source.spec
    if (!auth) return refuse(404, `nothing is posted to the Source ${name}`, POSTED)

    const known = await authenticate(auth, request, {
      secret: (ref) => parts.registry.secret(request.namespace, ref),
      namespace: request.namespace,
      whoIs: parts.whoIs,
    })
    if (!known.ok) {
      log.warn({ reason: known.reason, detail: known.detail }, 'a webhook was not authenticated')
      return known.status === 503 ? later(known.reason) : refuse(401, known.reason)
    }
    if (request.body.byteLength > parts.maxBodyBytes) {
      return refuse(
        413,
        `the body is larger than ${parts.maxBodyBytes} bytes`,
        'Set max_alerts in the receiver of Alertmanager, or raise --max-body-bytes.',
      )
    }

    try {
      if (source.spec.api) return await ask(parts, source, request.body)
      const { batch, payload, filterErrors } = judgeOf(source)(request.body, parts.clock.now(), request.headers)
      report(log, payload, filterErrors)
      const intake = await parts.store.intake(batch)
      parts.onStored?.(intake)
      return { status: 200, body: summary(intake, filterErrors.length, payload) }
    } catch (error) {
      if (error instanceof InputError) {
        log.warn({ reason: inputErrorText(error) }, 'a webhook could not be read')
        return refuse(400, error.message, error.remedy)
      }
      log.error({ error: errorText(error) }, 'a webhook could not be stored; the sender keeps it')
      return later('it could not be stored now', error instanceof RetryableError ? error.retryAfterMs : null)
    }
  }
}

async function ask({ start }: ReceiverParts, source: Source, body: Uint8Array): Promise<WebhookAnswer> {
  const { id, name } = await start(readAsk(source, body))
  const namespace = source.metadata.namespace!
  return { status: 202, body: { id, namespace, name }, started: { namespace, name } }
}

function report(log: Logger, { rejected, oddities }: Payload, filterErrors: readonly string[]): void {
  for (const oddity of oddities) log.warn(oddity)
  if (rejected[0])
    log.warn({ count: rejected.length, first: rejected[0] }, 'alerts could not be read; they are kept with their notification')
  if (filterErrors[0]) log.warn({ count: filterErrors.length, first: filterErrors[0] }, 'the filter failed; these alerts were let through')
}

/** Small, for the sender's log and for people with curl. */
const summary = (intake: Intake, filterErrors: number, { rejected, oddities }: Payload): Record<string, unknown> => ({
  notification: intake.notificationId,
  known: intake.known,
  ...intake.counts,
  filterErrors,
  ...(rejected[0] ? { firstRejected: rejected[0].reason } : {}),
  ...(oddities[0] ? { oddities: oddities.slice(0, 5) } : {}),
  incidents: intake.incidents.slice(0, 10).map(({ id, created, status }) => ({ id, created, status })),
})

const refuse = (status: 400 | 401 | 404 | 413, error: string, remedy?: string): WebhookAnswer => ({
  status,
  body: { error, ...(remedy ? { remedy } : {}) },
})

const later = (error: string, afterMs: number | null = null): WebhookAnswer => ({
  status: 503,
  body: { error },
  retryAfter: afterMs === null ? RETRY_SECONDS : Math.ceil(afterMs / 1_000),
})
