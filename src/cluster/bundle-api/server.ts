import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InputError, errorText } from '#kit/errors'
import type { BundleReader } from '../bundle/open.ts'
import { ReadError } from '../reader.ts'
import { createRoutes, type Answer } from './routes.ts'
import { notFound, readOnly, StatusError, statusOf, badRequest } from './status.ts'

/** A bundle that kubectl can ask as if it were a cluster. */
export interface ServedBundle {
  /** `http://127.0.0.1:<port>/<secret>`. The path is hard to guess, so that other users of the machine cannot read the bundle. */
  url: string
  /** A kubeconfig (JSON, which is YAML) with this one context, for a file of mode 0600. */
  kubeconfig: string
  close(): Promise<void>
}

/**
 * Serves the read-only part of the Kubernetes API that kubectl needs for get, describe, logs, events, api-resources and version: discovery,
 * get and list with selectors, tables, logs. Every write is answered with 405, everything unknown with 404, as a metav1.Status.
 * Ages in tables are counted to the bundle's clock; those that kubectl counts itself (`describe`, `events`) are counted to today.
 */
export async function serveBundle(reader: BundleReader, options: { port?: number; host?: string } = {}): Promise<ServedBundle> {
  const routes = createRoutes(reader, await reader.types())
  const prefix = `/${randomBytes(16).toString('hex')}`
  const now = await reader.now()
  const server = createServer((request, response) => {
    // Clients that take the server's clock for the cluster's get the bundle's.
    response.setHeader('Date', now.toUTCString())
    // `answer` handles every failure itself.
    void answer(request, response, prefix, routes)
  })
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  const { port, address, family } = server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${prefix}`
  return {
    url,
    kubeconfig: kubeconfigFor(url),
    async close() {
      server.closeAllConnections()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

const kubeconfigFor = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bundle', cluster: { server } }],
    users: [{ name: 'reader', user: {} }],
    contexts: [{ name: 'bundle', context: { cluster: 'bundle', user: 'reader' } }],
    'current-context': 'bundle',
  })

type Routes = (path: string, query: URLSearchParams, accept: string | undefined) => Promise<Answer>

async function answer(request: IncomingMessage, response: ServerResponse, prefix: string, routes: Routes): Promise<void> {
  request.resume()
  try {
    const url = new URL(request.url ?? '/', 'http://bundle')
    if (!url.pathname.startsWith(`${prefix}/`) && url.pathname !== prefix)
      throw notFound('the server could not find the requested resource')
    if (request.method !== 'GET' && request.method !== 'HEAD') throw readOnly(`${request.method} is not possible`)
    const { body, contentType } = await routes(url.pathname.slice(prefix.length), url.searchParams, request.headers.accept)
    send(response, 200, contentType, typeof body === 'string' ? body : JSON.stringify(body))
  } catch (error) {
    const status = toStatus(error)
    send(response, status.code, 'application/json', JSON.stringify(statusOf(status)))
  }
}

function send(response: ServerResponse, code: number, contentType: string, body: string): void {
  response.writeHead(code, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) }).end(body)
}

function toStatus(error: unknown): StatusError {
  if (error instanceof StatusError) return error
  if (error instanceof ReadError) return notFound(error.message)
  if (error instanceof InputError) return badRequest(error.message)
  if (error instanceof URIError) return badRequest('the path is not valid')
  return new StatusError(500, 'InternalError', errorText(error))
}
