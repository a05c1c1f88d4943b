import type { SSEStreamingApi } from 'hono/streaming'
import type { Views } from '#store'

const DONE = new Set(['Succeeded', 'Failed', 'Cancelled'])

export interface Followed {
  views: Pick<Views, 'investigation' | 'timeline'>
  namespace: string
  name: string
  /** How often it is looked at, milliseconds. */
  pollMs: number
  /** Id of the last entry that was sent. */
  after?: number
  /** A stream may last longer than the right to see it. */
  may?(): Promise<boolean>
}

/** Sends the timeline as it grows, each entry as an event `timeline`, then one `end` with the phase; answers whether it came to that. */
export async function followTimeline(stream: SSEStreamingApi, followed: Followed): Promise<boolean> {
  const { views, namespace, name, pollMs, may } = followed
  let after = followed.after ?? 0
  for (;;) {
    if (may && !(await may())) return false
    // The phase is read before the events: whatever was written before the end is then sent before the stream closes.
    const found = await views.investigation(namespace, name)
    const phase = found?.phase ?? 'Cancelled'
    for (const event of found ? await views.timeline(found.id, after) : []) {
      await stream.writeSSE({ id: String(event.id), event: 'timeline', data: JSON.stringify(event) })
      after = event.id
    }
    if (DONE.has(phase)) {
      await stream.writeSSE({ event: 'end', data: JSON.stringify({ phase }) })
      return true
    }
    if (stream.aborted) return false
    await stream.sleep(pollMs)
  }
}
