import type { Snapshot } from '../../snapshot/snapshot.ts'
import { entryFails, FEWEST, heardEntries, statusIn, type HeardEntry } from './entry-lines.ts'
import { changesOnTheWay, type WayChange } from './entry-way.ts'
import type { Rule, Seen } from '../rule.ts'

export const entryChanged: Rule = {
  id: 'entry-changed',
  title: 'Requests fail since something on their way was changed',
  means:
    'Most answers are errors, or redirects without end, and the Ingress, what its controller is told, or the Service, program and configuration behind it were written shortly before.',
  looksAt: 'The status of the answers in the logs of ingress controllers and gateways, and what was changed on the way of the requests.',
  mend: 'Take the change back, or bring both ends in line (HTTP or HTTPS to the backend, who redirects, the path).',
  look: (snapshot) => heardEntries(snapshot).flatMap((heard) => changed(snapshot, heard) ?? []),
}

const HOURS = 3 * 3_600_000
/** Redirects are every program's right; only where hardly anything else is answered they go on for ever. */
const SHARE = { error: 0.2, redirect: 0.8 }

/** Which change brings about such answers, when several were made: first match, 0 … 10. */
const WEIGHTS: Record<'redirect' | 'client' | 'server', readonly [RegExp, number][]> = {
  redirect: [
    [/insecure|tls|ssl|https|redirect|scheme|proto|forwarded/i, 10],
    [/url|host|domain|base|root|site/i, 7],
    [/args|command|env|data/i, 5],
    [/image$/, 4],
  ],
  client: [
    [/rewrite|path|prefix|auth|allow|deny|host|context|base|rules/i, 8],
    [/args|command|env|data|ports/i, 6],
    [/image$/, 5],
  ],
  server: [
    [/protocol|ports|timeout|url|host/i, 8],
    [/args|command|env|data/i, 6],
    [/image$/, 5],
  ],
}

function changed(snapshot: Snapshot, heard: HeardEntry): Seen | null {
  const answers = heard.lines.map((line) => ({ line, status: statusIn(line.text) ?? '' })).filter((a) => a.status !== '')
  const failed = answers.filter((a) => /^[45]\d\d$/.test(a.status))
  const redirected = answers.filter((a) => /^30[1278]$/.test(a.status))
  const isRedirect = redirected.length >= FEWEST && redirected.length >= answers.length * SHARE.redirect
  const bad = isRedirect ? redirected : failed
  if (bad.length < FEWEST || (!isRedirect && bad.length < heard.lines.length * SHARE.error)) return null
  const { line, status } = bad.at(-1)!
  const weights = WEIGHTS[isRedirect ? 'redirect' : status.startsWith('4') ? 'client' : 'server']
  const weigh = ({ cause: { field }, what }: WayChange): number => {
    const own = weights.find(([pattern]) => pattern.test(field ?? ''))?.[1] ?? 1
    return what === 'entry' ? Math.max(9, own) : own + (what === 'lost' ? 0.5 : 0)
  }
  const [first, second] = changesOnTheWay(snapshot, heard)
    .filter((c) => snapshot.now - c.at < HOURS)
    .map((change) => ({ change, weight: weigh(change) }))
    .sort(
      (a, b) => b.weight - a.weight || b.change.at - a.change.at || ((a.change.cause.field ?? '') < (b.change.cause.field ?? '') ? -1 : 1),
    )
  if (!first) return null
  const { cause, at, how } = first.change
  const isClear = first.weight >= 8 && (!second || first.weight > second.weight)
  const proof = `${cause.object.kind} ${cause.object.name}: ${cause.field} ${how} at ${new Date(at).toISOString()}`
  return entryFails(
    heard,
    `answered with ${status}, and ${cause.field} of ${cause.object.kind} ${cause.object.name} ${how}`,
    cause,
    isClear ? 0.72 : 0.55,
    line,
    proof,
    {
      since: at,
      alternatives: second
        ? [{ ...second.change.cause, summary: `${second.change.cause.field} ${second.change.how} at that time, too` }]
        : [],
    },
  )
}
