import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  bytes: number
  key: string
  signed: boolean
}

/** What the demo's sink delivers to: a chat's webhook, as small as it can be. */
export async function startReceiver(): Promise<{ url: string; first(ms: number): Promise<Received>; close(): Promise<void> }> {
  const arrived = Promise.withResolvers<Received>()
  const server = createServer((request, response) => {
    let bytes = 0
    request.on('data', (chunk: Buffer) => (bytes += chunk.length))
    request.on('end', () => {
      response.writeHead(204).end()
      arrived.resolve({
        bytes,
        key: String(request.headers['idempotency-key'] ?? ''),
        signed: request.headers['x-inquest-signature'] !== undefined,
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/chat`,
    async first(ms) {
      const timer = setTimeout(() => arrived.reject(new Error(`nothing was delivered within ${ms / 1_000} s`)), ms)
      try {
        return await arrived.promise
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
