import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { WIRES, type Answer, type Wire } from './model-wires.ts'

/**
 * A model vendor on 127.0.0.1: answers by script in the vendors' real wire formats, refuses what they would refuse,
 * and keeps every request. `/anthropic/v1/messages`, `/openai/v1/responses`, `/compatible/v1/chat/completions`.
 */
export interface ModelServer {
  /** What to give as `baseURL`. */
  baseURL(wire: Wire): string
  /** All that came, in order. */
  requests: ReceivedRequest[]
  close(): Promise<void>
}

export interface ReceivedRequest {
  wire: Wire
  headers: Readonly<Record<string, string | undefined>>
  /** As it came, for counting bytes. */
  raw: string
  body: any
}

/** What the next request gets. Past the end of the script: 500. */
export type Play =
  | Answer
  | { status: number; headers?: Record<string, string>; message?: string; code?: string }
  /** Takes the request and never answers. */
  | { hang: true }
  /** Sends half of an answer and breaks the connection. */
  | { cut: true }
  /** Sends this text with status 200. */
  | { raw: string }

export async function startModelServer(
  script: Play[] | ((request: ReceivedRequest, index: number) => Play | Promise<Play>),
): Promise<ModelServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(599)
      response.end(String(error))
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = (await buffer(request)).toString()
    const wire = (Object.keys(WIRES) as Wire[]).find((name) => request.url === WIRES[name].path)
    if (!wire || request.method !== 'POST')
      return void response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"error":{"message":"no such path","type":"not_found_error"}}')
    const received: ReceivedRequest = { wire, headers: request.headers as ReceivedRequest['headers'], raw, body: JSON.parse(raw) }
    const index = requests.push(received) - 1
    const json = (status: number, body: unknown, headers: Record<string, string> = {}): void =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

    const faults = WIRES[wire].faults(received)
    if (faults.length > 0) return json(400, WIRES[wire].error(400, faults.join('; ')))
    const play = typeof script === 'function' ? await script(received, index) : script[index]
    if (!play) return json(500, WIRES[wire].error(500, `the script ends before request ${index + 1}`))
    if ('hang' in play) return
    if ('status' in play) return json(play.status, WIRES[wire].error(play.status, play.message ?? 'scripted', play.code), play.headers)
    if ('raw' in play) return void response.writeHead(200, { 'content-type': 'application/json' }).end(play.raw)
    if ('cut' in play) {
      const body = JSON.stringify(WIRES[wire].answer({ text: 'half of this arrives' }, received.body))
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) })
      response.write(body.slice(0, body.length / 2), () => response.destroy())
      return
    }
    json(200, WIRES[wire].answer(play, received.body))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseURL: (wire) => `http://127.0.0.1:${port}${WIRES[wire].path.slice(0, WIRES[wire].path.indexOf('/v1') + 3)}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
