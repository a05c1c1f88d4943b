import { createLogger } from '#kit/log'
import type { ServerConfig } from './config.ts'
import type { Io } from './io.ts'
import { startServer } from './start-server.ts'

/** `inquest serve`: runs until SIGTERM or SIGINT, then drains. A second signal ends the process at once. */
export async function serve(config: ServerConfig, io: Io, version: string): Promise<void> {
  const log = createLogger(config.logLevel)
  const fatal = Promise.withResolvers<never>()
  const server = await startServer(config, { log, write: io.out, onFatal: fatal.reject })
  log.info({ version, webhooks: server.webhookUrl, api: server.apiUrl, dataDir: config.dataDir }, 'serving')
  const stopped = new Promise<void>((resolve) =>
    io.signal.aborted ? resolve() : io.signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  await Promise.race([stopped, fatal.promise])
  log.info('stopping: no new alerts are taken, steps in flight are finished')
  await server.stop()
  log.info('stopped')
}
