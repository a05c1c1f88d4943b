/** The face of the server room: two apps, their listeners, the API's token. */
export { apiApp, type ApiViews } from './api.ts'
export { byCluster, byOwnToken, TOKEN_HEADER, type Authenticate } from './caller.ts'
export { listen, type Listener } from './listen.ts'
export { createMetrics, type StoredCounts } from './metrics.ts'
export { ensureToken, tokenPath } from './token.ts'
export { webhookApp, type WebhookRequest, type WebhookResponse } from './webhooks.ts'
export * from './wire.ts'
