import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReadError } from '../reader.ts'
import { failure, pathOf } from './answer.ts'
import type { Api } from './api.ts'
import { headOf } from './watch-events.ts'

export interface LogOf {
  namespace: string
  pod: string
  container: string
  /** Whether the container has ended by now: nothing more will come. */
  hasEnded(): boolean
}

/** What was printed since the last piece: whole lines without their ends; of a line that is too long for memory its parts. */
export interface LogPiece {
  lines: readonly string[]
  bytes: number
}

/** A longer line is handed on in parts: a program may print for ever without ending one. */
const MAX_LINE = 64 * 1024
const AGAIN_MS = 500
/** A link that was cut somewhere on the way says nothing for ever; of a container that has ended nothing more is to come. */
const SILENT_MS = 3_000

/**
 * Follows a container's log from its first line on. A stream ends when the container does, but also when an API server or a kubelet
 * restarts, and both look alike: so each line comes with its time, and after every end the log is asked for what came later, until the container
 * is known to have ended and nothing more came. Two lines of one nanosecond around such a break count as one.
 */
export async function followLog(
  api: Api,
  title: string,
  of: LogOf,
  onPiece: (piece: LogPiece) => void,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, pod, container } = of
  const path = `${pathOf({ apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }, namespace)}/${encodeURIComponent(pod)}/log`
  const asked = `read the log of ${namespace}/${pod} ${container}`
  let last = ''
  for (;;) {
    const isLast = of.hasEnded()
    const query = { container, follow: String(!isLast), timestamps: 'true', ...(last && { sinceTime: last }) }
    const before = last
    let watchdog: NodeJS.Timeout | undefined
    try {
      const stream = await api.stream(path, query, signal)
      let heard = performance.now()
      watchdog = setInterval(() => {
        if (of.hasEnded() && performance.now() - heard > SILENT_MS) stream.close()
      }, 1_000)
      if (stream.status !== 200) {
        const body = await headOf(stream)
        // 400: it waits to start. 404: the pod is gone, and what it printed with it.
        if (stream.status === 404 || (stream.status === 400 && isLast)) return
        if (stream.status !== 400 && stream.status < 500 && stream.status !== 429)
          throw failure({ status: stream.status, body }, asked, title)
      } else {
        const cut = cutLines(
          (stamp) => before === '' || stamp > before,
          (stamp) => (last = stamp),
        )
        for await (const chunk of stream.body) {
          heard = performance.now()
          const lines = cut.add(chunk)
          if (lines.length > 0) onPiece({ lines, bytes: lines.reduce((sum, line) => sum + line.length + 1, 0) })
        }
        const rest = cut.end()
        if (rest.length > 0) onPiece({ lines: rest, bytes: rest[0]!.length })
        if (isLast) return
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ReadError && error.reason !== 'Unreachable' && error.reason !== 'Timeout') throw error
    } finally {
      clearInterval(watchdog)
    }
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

/** `2026-01-01T00:00:00.123456789Z text` → `text`, of lines that are wanted by their time. */
function cutLines(isWanted: (stamp: string) => boolean, onStamp: (stamp: string) => void) {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  /** Whether the line that `rest` belongs to has begun before, and whether it is wanted. */
  let inLine = false
  let wanted = true
  const take = (text: string): string[] => {
    if (inLine) return wanted ? [text] : []
    const at = text.indexOf(' ')
    const stamp = at === -1 ? text : text.slice(0, at)
    // Without a time it is the kubelet that speaks.
    if (!/^\d{4}-\d\d-\d\dT/.test(stamp)) return [text]
    wanted = isWanted(stamp)
    if (wanted) onStamp(stamp)
    return wanted ? [at === -1 ? '' : text.slice(at + 1)] : []
  }
  return {
    add(chunk: Buffer): string[] {
      const parts = (rest + decoder.write(chunk)).split('\n')
      rest = parts.pop()!
      const lines: string[] = []
      for (const part of parts) {
        lines.push(...take(part))
        inLine = false
      }
      if (rest.length > MAX_LINE) {
        lines.push(...take(rest))
        rest = ''
        inLine = true
      }
      return lines
    },
    end: (): string[] => (rest === '' ? [] : take(rest)),
  }
}
