import type { Logger } from '#kit/log'
import type { Result } from '#kinds/result'
import type { Sink, SinkType } from '#kinds/sink'

/** What a sink is told. One message a state of an incident: `state` and `incident` name the thread it belongs to. */
export interface Message {
  /** `started`: a notify step before the end; `completed`, `failed`: the investigation's end; `resolved`: the incident's. */
  state: 'update' | 'completed' | 'failed' | 'resolved'
  title: string
  /** The report for people: by the sink's template when it has one, else the house's own, as Markdown. */
  text: string
  incident: { id: string; status: 'firing' | 'resolved'; startsAt: string }
  investigation: { namespace: string; name: string; id: string; link: string | null }
  alert: { labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>> } | null
  /** null only for an update before there is one. */
  result: Result | null
  outputs: Readonly<Record<string, unknown>>
}

/** What a target answered, kept for the next delivery of the thread (a Slack `ts`, a PagerDuty dedup key, a silence id). At most 4 kB. */
export interface Receipt {
  /** Where a person finds it, if there is such a place. */
  url: string | null
  data: Readonly<Record<string, string>>
}

export interface Delivery {
  message: Message
  /** The same for every repeat of this delivery, different for every other. */
  key: string
  /** The receipt of the thread's last delivery. */
  previous: Receipt | null
  /** true: an earlier attempt may have arrived (a crash between sending and recording). */
  repeated: boolean
}

/** A destination. Throws a TerminalError (refused for good) or anything else (try again). */
export interface SinkDriver {
  /** Whether the target tells repeats of one `key` apart by itself. If not, a repeat is marked possibly-duplicate and counted. */
  readonly dedupes: boolean
  deliver(delivery: Delivery, signal: AbortSignal): Promise<Receipt>
}

export interface SinkContext {
  /** Reads a Secret of the Sink's namespace. */
  secret(ref: { name: string; key: string }): Promise<string>
  log: Logger
  /** Standard output, so that tests own it. */
  write(text: string): void
}

export type MakeSink<T extends SinkType> = (spec: NonNullable<Sink['spec'][T]>, context: SinkContext) => SinkDriver
