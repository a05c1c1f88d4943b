/**
 * Virtual time: the moments a scenario plays at, long ago and days apart, while the real controllers work through them in seconds.
 * A mark says "all that is written after this etcd revision happens at this virtual moment". Revisions, not clocks, decide: an API object's
 * timestamps have whole seconds, and several virtual days fit into one real second.
 */
export class Timeline {
  readonly #marks: { revision: number; at: number }[] = []

  mark(revision: number, at: number): void {
    const last = this.#marks.at(-1)
    if (last && at < last.at)
      throw new Error(`virtual time cannot go back from ${new Date(last.at).toISOString()} to ${new Date(at).toISOString()}`)
    this.#marks.push({ revision, at })
  }

  /** When a write with this revision happened. */
  at(revision: number): number {
    const mark = this.#marks.findLast((mark) => mark.revision < revision) ?? this.#marks[0]
    if (!mark) throw new Error('the timeline has no mark')
    // Writes of one mark keep their order where a timestamp is fine enough to show it.
    return mark.at + Math.min(900, Math.max(0, revision - mark.revision))
  }
}

const UNITS: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 }

/** `-1d2h`, `-40m`, `-90s`, `0`: a moment before the recording, in milliseconds of virtual time. */
export function momentOf(text: string, now: number): number {
  if (text === '0') return now
  const match = /^-((?:\d+[dhms])+)$/.exec(text)
  if (!match) throw new Error(`not a moment: ${JSON.stringify(text)} (expected something like -12d, -1h30m or -40m)`)
  const parts = [...(match[1] ?? '').matchAll(/(\d+)([dhms])/g)]
  return now - parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0) * 1000
}
