import { createLogger } from '#kit/log'
import type { ServerConfig } from './config.ts'
import type { Io } from './io.ts'
import { startServer } from './start-server.ts'

/** `inquest serve`: runs until SIGTERM or SIGINT, then drains. A second signal ends the process at once. */
export async function serve(config: ServerConfig, io: Io, version: string): Promise<void> {
  const log = createLogger(config.logLevel)
  const onFatal = (error: Error): void => {
    // Others have taken this process for dead and go on with its work: it must not act any more, not even to close things.
    log.error({ err: error }, 'this process must end at once')
    process.exit(1)
  }
  const server = await startServer(config, { log, env: io.env, write: io.out, onFatal })
  log.info({ version, webhooks: server.webhookUrl, api: server.apiUrl, dataDir: config.dataDir }, 'serving')
  await new Promise<void>((resolve) =>
    io.signal.aborted ? resolve() : io.signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  log.info('stopping: no new alerts are taken, steps in flight are finished')
  await server.stop()
  log.info('stopped')
}
