import { SINK_TYPES, type Sink, type SinkType } from '#kinds/sink'
import { makeAlertmanagerSink } from './alertmanager.ts'
import type { MakeSink, SinkContext, SinkDriver } from './sink-driver.ts'
import { makeSlackSink } from './slack.ts'
import { makeStdoutSink } from './stdout.ts'
import { makeWebhookSink } from './webhook.ts'

export { renderMarkdown } from './render-markdown.ts'
export { renderText } from './render-text.ts'
export type { Delivered, Delivery, Message, Receipt, SinkContext, SinkDriver } from './sink-driver.ts'

const MAKERS = {
  stdout: makeStdoutSink,
  webhook: makeWebhookSink,
  slack: makeSlackSink,
  alertmanager: makeAlertmanagerSink,
} satisfies { [T in SinkType]: MakeSink<T> }

/** The driver of a Sink. `context.secret` reads in the Sink's own namespace. */
export function makeSink(sink: Sink, context: SinkContext): SinkDriver {
  const type = SINK_TYPES.find((one) => sink.spec[one] !== undefined)!
  const make = MAKERS[type] as MakeSink<SinkType>
  return make(sink.spec[type]!, context, sink.spec)
}
