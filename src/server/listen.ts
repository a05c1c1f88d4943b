import { serve } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import type { Hono } from 'hono'
import { InputError } from '#kit/errors'

export interface Listener {
  /** `http://127.0.0.1:8081`, with the port that was really taken. */
  url: string
  /** Takes no new connections, lets the answers under way finish, at most `ms`. */
  close(ms: number): Promise<void>
}

/** Serves an app on `HOST:PORT`; port 0 takes a free one. `field` names the setting in errors. */
export function listen(app: Hono, address: string, field: string): Promise<Listener> {
  const at = address.lastIndexOf(':')
  const hostname = address.slice(0, at).replace(/^\[|\]$/g, '') || '0.0.0.0'
  const port = Number(address.slice(at + 1))
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: app.fetch, hostname, port, serverOptions: { requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 } },
      () => {
        const { port } = server.address() as AddressInfo
        server.off('error', onError)
        resolve({ url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`, close })
      },
    )
    const onError = (error: NodeJS.ErrnoException): void => {
      const why =
        error.code === 'EADDRINUSE' ? 'the address is in use' : error.code === 'EACCES' ? 'no permission to take this port' : error.message
      reject(new InputError(`cannot listen on ${address}: ${why}`, { field, remedy: 'Give another HOST:PORT, or stop what uses it.' }))
    }
    server.on('error', onError)
    const close = (ms: number): Promise<void> =>
      new Promise((done) => {
        const hard = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), ms)
        server.close(() => {
          clearTimeout(hard)
          done()
        })
        if ('closeIdleConnections' in server) server.closeIdleConnections()
      })
  })
}
