import type { Clock } from '#kit/clock'
import type { HttpClient } from '#kit/http'
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
  /** true: `text` is by a template (the Sink's or the notify step's). */
  templated: boolean
  /** `labels`: those that all of its alerts have alike. */
  incident: { id: string; status: 'firing' | 'resolved'; startsAt: string; labels: Readonly<Record<string, string>> }
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

/** What came of a delivery: its receipt, and whether a repeat could not be told from a second message this time. */
export type Delivered = Receipt & { unsure?: boolean }

/** A destination. Throws a TerminalError (refused for good) or anything else (try again). */
export interface SinkDriver {
  /** Whether repeats of one `key` are told apart, there or here. If not, or if `unsure`, a repeat is marked possibly-duplicate and counted. */
  readonly dedupes: boolean
  deliver(delivery: Delivery, signal: AbortSignal): Promise<Delivered>
}

export interface SinkContext {
  /** Reads a Secret of the Sink's namespace. */
  secret(ref: { name: string; key: string }): Promise<string>
  /** Profile `configured`: the addresses are from manifests. */
  http: HttpClient
  clock: Clock
  log: Logger
  /** Standard output, so that tests own it. */
  write(text: string): void
}

/** Makes the driver of one type; throws an InputError, with the field, for what the schema cannot say. */
export type MakeSink<T extends SinkType> = (spec: NonNullable<Sink['spec'][T]>, context: SinkContext, whole: Sink['spec']) => SinkDriver
