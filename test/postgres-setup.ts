import { createServer } from 'node:http'
import type { TestProject } from 'vitest/node'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the URL of the run's PostgreSQL. */
    postgresDoor: string
  }
}

/**
 * One PostgreSQL for a whole vitest run, started when the first test asks for it: a run of tests that need none costs nothing.
 * Workers are processes of their own, so they ask over loopback.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL_TEST']
  let server: Promise<PostgresServer> | undefined
  const door = createServer((_request, response) => {
    server ??= given ? Promise.resolve({ url: given, stop: async () => {} }) : startPostgres()
    server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const address = door.address()
  if (address === null || typeof address === 'string') throw new Error('no loopback address')
  project.provide('postgresDoor', `http://127.0.0.1:${address.port}`)
  return async () => {
    door.closeAllConnections()
    door.close()
    await (await server?.catch(() => undefined))?.stop()
  }
}
