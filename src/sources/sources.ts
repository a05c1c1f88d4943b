/** The face of the sources: what is posted, or seen by watches, becomes stored notifications. One file a type, listed in `parsers.ts`. */
export { parseAlerts } from './alert-file.ts'
export { readAsk, type Command } from './ask.ts'
export { compileSource, type Judged } from './judge.ts'
export { createWebhookReceiver, type ReceiverParts, type WebhookAnswer, type WebhookRequest } from './receive.ts'
export { startWatches, type Watches, type WatchesParts } from './watch/watches.ts'
