import { isCrashing, isReady, lastEnd, type ContainerView } from '../../snapshot/containers.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Draft } from '../rule.ts'
import { isLongAgo, isOver } from './log-over.ts'
import { SIGNATURES, type LogRule } from '../run/signatures.ts'
import { groupContainers, type ContainerGroup } from '../run/pods.ts'

/** The line of a log that tells most, and how the container stands that wrote it. */
export interface LogHit {
  rule: LogRule
  groups: Readonly<Record<string, string>>
  line: string
  /** The lines around it, for hosts and details: a few before, the line, and a few after. */
  around: readonly string[]
  /** Other lines of a program that is down, which speak of trouble, the last first. */
  also: readonly string[]
  evidence: Draft
  /** How the container stands: it ends, it is not ready, or all seems well. */
  state: 'crashing' | 'unready' | 'well'
  /** How many of the last lines say the same, and which part of all that is. */
  repeats: number
  share: number
}

const LAST_LINES = 200
const MAX_LINE = 2_000

/** The most telling line of every log that was read, by rule. Computed once a snapshot. */
export function hitsOf(snapshot: Snapshot, rule: LogRule): ContainerGroup<LogHit>[] {
  return snapshot.once('log-hits', () => allHits(snapshot)).filter((group) => group.data.rule === rule)
}

function allHits(snapshot: Snapshot): ContainerGroup<LogHit>[] {
  return groupContainers(snapshot, (view) => {
    const hit = hitOf(snapshot, view)
    if (!hit) return null
    const named = Object.values(hit.groups).join('/')
    return { key: `${hit.rule}/${named}/${hit.state}`, data: hit }
  })
}

function hitOf(snapshot: Snapshot, view: ContainerView): LogHit | null {
  const state = stateOf(view, snapshot.now)
  if (state === null) return null
  // A container that is running again says in its present log why it is not ready, in the one before why it ended.
  const order = state === 'crashing' && view.last !== null ? [true, false] : [false, true]
  for (const previous of order) {
    if (previous && state !== 'crashing') continue
    const hit = best(snapshot.log(view, previous) ?? [], snapshot.logTimes(view, previous), state, ref(view, previous))
    if (hit) return hit
  }
  const message = lastEnd(view)?.message
  return state === 'crashing' && message ? best(message.split('\n'), [], state, ref(view, false)) : null
}

const ref = (view: ContainerView, previous: boolean): string =>
  `log/${logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, previous)}`

function stateOf(view: ContainerView, now: number): LogHit['state'] | null {
  if (isCrashing(view, now) && !wasKilledForMemory(view)) return 'crashing'
  if (!view.running) return null
  if (view.init && !view.sidecar) return 'unready'
  return view.ready && isReady(view.pod) ? 'well' : 'unready'
}

const wasKilledForMemory = (view: ContainerView): boolean => lastEnd(view)?.reason === 'OOMKilled'

function best(lines: readonly string[], times: readonly (number | null)[], state: LogHit['state'], where: string): LogHit | null {
  const last = lines.slice(-LAST_LINES).map((line) => line.slice(0, MAX_LINE).replaceAll('\\"', '"'))
  for (const { rule, pattern, whenDown, beside } of SIGNATURES) {
    if (whenDown && state === 'well') continue
    const at = last.findLastIndex(
      (line, i) =>
        pattern.test(line) && !(state === 'well' && EVERYDAY.test(line)) && (!beside || beside.pattern.test(last[i + beside.at] ?? '')),
    )
    if (at < 0) continue
    const line = last[at]!
    const groups = Object.fromEntries(
      Object.entries(pattern.exec(line)?.groups ?? {})
        .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
        .map(([name, value]) => [name, value.replace(/[.,;:]+$/, '')]),
    )
    const same = last.flatMap((other, i) => (pattern.test(other) ? [i] : []))
    const repeats = same.length
    // What RBAC does not allow does not mend itself, however much else is said between two attempts.
    if (
      state === 'well' &&
      !(rule === 'rbac-denied' && repeats > 1) &&
      (isOver(last, at, repeats, rule) || isLongAgo(times.slice(-LAST_LINES), same))
    )
      continue
    return {
      rule,
      groups,
      line,
      around: last.slice(Math.max(0, at - 3), at + 4),
      also:
        state === 'well'
          ? []
          : last
              .filter((other, i) => i !== at && SPEAKS.test(other))
              .slice(-MAX_ALSO)
              .toReversed(),
      evidence: { source: 'log', ref: where, text: line.trim() },
      state,
      repeats,
      share: repeats / last.length,
    }
  }
  return null
}

/** What clients do to every server: they leave, and strangers try its locks. */
const EVERYDAY =
  /client (?:prematurely )?(?:closed|disconnected|timed out)|context cancell?ed|[Bb]roken pipe|ClientAbortException|http2: stream closed|ERR_STREAM_PREMATURE_CLOSE|request (?:was )?(?:aborted|cancell?ed)|ECONNABORTED|invalid csrf|TLS handshake error from (?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d|\/(?:wp-[\w-]+|xmlrpc|phpmyadmin|favicon|robots|\.git|\.env)\b/i

const MAX_ALSO = 8
const SPEAKS =
  /\b(?:warn(?:ing)?|err(?:or)?|fatal|fail(?:ed|ure|s)?|cannot|can't|couldn't|could not|unable|invalid|no valid|not found|unknown)\b/i

/** The lines behind it, which often say what is meant. */
export const after = ({ around, line }: LogHit): string => around.slice(around.lastIndexOf(line) + 1).join('\n')

/** Words that a line quotes or that look like values: what a changed field may hold. */
export function tokensOf(hit: LogHit): string[] {
  const quoted = [...hit.line.matchAll(/["'`]([^"'`\s]{2,120})["'`]/g)].map((m) => m[1]!)
  return [...new Set([...Object.values(hit.groups), ...quoted])].filter((t) => t.length >= 2)
}
