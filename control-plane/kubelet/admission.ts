import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import { createSecureContext } from 'node:tls'
import type { Json } from '../api.ts'
import { certificateFor } from '../certificates.ts'

/** How a program answers as an admission webhook: null lets the object pass, a text refuses it, a list is a JSON patch of it (RFC 6902). */
export type Admits = 'hangs' | ((request: Json) => string | readonly Json[] | null)

/** Admission webhooks of the programs in the pods: real HTTPS, with a certificate of the Service that was asked for. */
export function admissionServers(dir: string): (socket: Duplex, admits: Admits) => void {
  const servers = new Map<Admits, Server>()
  return (socket, admits) => {
    if (admits === 'hangs') return
    const server = servers.get(admits) ?? serve(dir, admits)
    servers.set(admits, server)
    server.emit('connection', socket)
  }
}

function serve(dir: string, admits: Exclude<Admits, 'hangs'>): Server {
  const SNICallback = (host: string, done: (error: null, context: ReturnType<typeof createSecureContext>) => void) =>
    done(null, createSecureContext(certificateFor(dir, host)))
  return createServer({ SNICallback }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { apiVersion, kind, request: asked } = JSON.parse(Buffer.concat(chunks).toString())
      const answer = admits(asked)
      const allowed = typeof answer !== 'string'
      const status = allowed ? {} : { status: { message: answer, code: 403 } }
      const changed = Array.isArray(answer) ? { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(answer)).toString('base64') } : {}
      // A kept connection would outlive the pod.
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' })
      response.end(JSON.stringify({ apiVersion, kind, response: { uid: asked.uid, allowed, ...status, ...changed } }))
    })
  })
}
