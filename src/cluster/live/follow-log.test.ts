import { createServer, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ReadError } from '../reader.ts'
import { createApi, type Api } from './api.ts'
import { followLog } from './follow-log.ts'

/** An API server's log of one container: each request is answered as the test says, in turn. */
let http: Server
let api: Api
let asked: URLSearchParams[]
let answers: ((response: ServerResponse) => void)[]
let hasEnded: boolean

beforeEach(async () => {
  asked = []
  answers = []
  hasEnded = false
  http = createServer((request, response) => {
    asked.push(new URL(request.url!, 'http://x').searchParams)
    answers.shift()!(response)
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')
  const server = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
  api = createApi({
    title: 'test',
    namespace: 'n',
    server,
    apply: async () => ({}),
    refused: () => false,
    kubeconfig: async () => '',
    close: () => {},
  })
})
afterEach(async () => {
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})

const at = (second: number, text: string): string => `2026-01-01T00:00:0${second}.000000000Z ${text}\n`
const says =
  (text: string, then: 'end' | 'cut' = 'end') =>
  (response: ServerResponse): void => {
    response.writeHead(200).write(text, () => (then === 'cut' ? response.destroy() : response.end()))
    hasEnded = answers.length <= 1
  }
const refuses = (code: number, message: string) => (response: ServerResponse) =>
  void response.writeHead(code).end(JSON.stringify({ kind: 'Status', code, message }))

async function follow(): Promise<string[]> {
  const lines: string[] = []
  const of = { namespace: 'shop', pod: 'p', container: 'run', hasEnded: () => hasEnded }
  await followLog(api, 'test', of, (piece) => lines.push(...piece.lines), AbortSignal.timeout(20_000))
  return lines
}

test('a log is followed, and looked at once more when its container has ended', async () => {
  answers = [says(at(1, 'one') + at(2, 'two')), says(at(2, 'two') + at(3, 'three'))]
  expect(await follow()).toEqual(['one', 'two', 'three'])
  expect(asked.map((query) => [query.get('follow'), query.get('sinceTime')])).toEqual([
    ['true', null],
    ['false', '2026-01-01T00:00:02.000000000Z'],
  ])
})

test('a link that breaks, a server that is busy, and a container that waits to start lose and double nothing', async () => {
  answers = [
    refuses(400, 'is waiting to start'),
    says(at(1, 'one'), 'cut'),
    refuses(503, 'busy'),
    says(at(1, 'one') + at(2, 'größer') + at(3, ' indented')),
    says(at(3, ' indented')),
  ]
  expect(await follow()).toEqual(['one', 'größer', ' indented'])
})

test('a line without end is handed on in parts', async () => {
  answers = [says(`${at(1, 'x'.repeat(200_000))}${at(2, 'after')}`), says('')]
  const lines = await follow()
  expect(lines.at(-1)).toBe('after')
  expect(lines.slice(0, -1).join('')).toBe('x'.repeat(200_000))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(140_000)
})

test('what the kubelet itself says has no time', async () => {
  answers = [says('failed to create fsnotify watcher: too many open files'), says('')]
  expect(await follow()).toEqual(['failed to create fsnotify watcher: too many open files'])
})

test('a pod that is gone has no log; a refusal is thrown', async () => {
  answers = [refuses(404, 'pods "p" not found')]
  expect(await follow()).toEqual([])
  answers = [refuses(403, 'cannot get resource "pods/log"')]
  await expect(follow()).rejects.toThrow(ReadError)
})
