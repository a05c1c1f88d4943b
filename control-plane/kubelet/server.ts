import { readFileSync } from 'node:fs'
import { createServer as createProxy, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { type Admits, admissionServers } from './admission.ts'
import type { Line } from './logs.ts'

export interface LogRequest {
  namespace: string
  pod: string
  container: string
  previous: boolean
}

/** A log that answers for itself, for as long as it is followed. */
export type LogStream = (params: URLSearchParams, response: ServerResponse) => void

export interface NodeServerOptions {
  certFile: string
  keyFile: string
  /** Where the API server asks for a connection to a node. */
  socket: string
  isUp: (ip: string) => boolean
  /** What the pod with this address answers as an admission webhook. */
  admits: (ip: string) => Admits | null
  /** Where the certificates are. */
  dir: string
  logs: (request: LogRequest) => Line[] | { error: string } | LogStream
}

/**
 * What `kubectl logs` reaches: the API server asks a proxy on a socket for a connection to the node's address, and finds one HTTPS server
 * that answers for every node. The API server does not check a kubelet's certificate unless it is told to, so its own will do.
 */
export async function serveNodes(options: NodeServerOptions): Promise<() => Promise<void>> {
  const server = createServer({ cert: readFileSync(options.certFile), key: readFileSync(options.keyFile) }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://node')
    const [, what, namespace = '', pod = '', container = ''] = url.pathname.split('/')
    if (what !== 'containerLogs') return void response.writeHead(404).end('404 page not found\n')
    const lines = options.logs({ namespace, pod, container, previous: url.searchParams.get('previous') === 'true' })
    if (typeof lines === 'function') return lines(url.searchParams, response)
    if ('error' in lines) return void response.writeHead(400, { 'content-type': 'text/plain' }).end(`${lines.error}`)
    response.writeHead(200, { 'content-type': 'text/plain' }).end(render(lines, url.searchParams))
  })
  const admission = admissionServers(options.dir)
  const proxy = createProxy()
  const sockets = new Set<Duplex>()
  proxy.on('connect', (request, socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    const ip = (request.url ?? '').split(':')[0] ?? ''
    const admits = options.admits(ip)
    if (admits === null && !options.isUp(ip)) return void socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (admits === null) server.emit('connection', socket)
    else admission(socket, admits)
  })
  await new Promise<void>((resolve, reject) => proxy.on('error', reject).listen(options.socket, resolve))
  return async () => {
    for (const socket of sockets) socket.destroy()
    proxy.closeAllConnections()
    await new Promise((resolve) => proxy.close(resolve))
  }
}

function render(lines: readonly Line[], params: URLSearchParams): string {
  const sinceTime = params.get('sinceTime')
  const since = sinceTime ? Date.parse(sinceTime) : -Infinity
  const tail = params.get('tailLines')
  const kept = lines.filter(({ at }) => at >= since)
  const shown = tail === null ? kept : Number(tail) === 0 ? [] : kept.slice(-Number(tail))
  const stamped = params.get('timestamps') === 'true'
  const text = shown.map(({ at, text }) => `${stamped ? `${new Date(at).toISOString().replace('Z', '000000Z')} ` : ''}${text}\n`).join('')
  const limit = params.get('limitBytes')
  return limit === null ? text : Buffer.from(text).subarray(0, Number(limit)).toString()
}
