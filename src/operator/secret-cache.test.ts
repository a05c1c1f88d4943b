import { expect, test, vi } from 'vitest'
import { ReadError, type KubeObject } from '#cluster'
import { createSecretCache, type SecretCacheOptions } from './secret-cache.ts'

/** Only ends a test that has failed; the machine may be busy. */
const WAIT = { timeout: 15_000, interval: 5 }
/** An API server that has what the test gives it. */
function start(options: Partial<SecretCacheOptions> = {}) {
  const server = { asked: [] as string[], answer: async (): Promise<KubeObject | null> => null }
  const lookup = createSecretCache({
    client: { get: (type, namespace, name) => (server.asked.push(`${type.plural} ${namespace}/${name}`), server.answer()) },
    ...options,
  })
  return { server, value: (key = 'token') => lookup('shop', { name: 'hook', key }) }
}
const secret = (data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'hook' },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
})
const gives = (data: Record<string, string>) => async () => secret(data)

test('reads a Secret by its name, once for many questions at a time', async () => {
  const { server, value } = start()
  server.answer = gives({ token: 'größer', other: '' })
  expect(await Promise.all([value(), value(), value('other'), value('none')])).toEqual(['größer', 'größer', '', undefined])
  expect(await value()).toBe('größer')
  expect(server.asked).toEqual(['secrets shop/hook'])
})

test('sees a rotated value once the old one is no more fresh', async () => {
  const { server, value } = start({ freshMs: 0 })
  server.answer = gives({ token: 'old' })
  expect(await value()).toBe('old')
  server.answer = gives({ token: 'new' })
  expect(await value()).toBe('new')
  server.answer = async () => null
  expect(await value()).toBeUndefined()
})

test('does not ask for a missing Secret with every request', async () => {
  const { server, value } = start()
  expect([await value(), await value()]).toEqual([undefined, undefined])
  expect(server.asked).toHaveLength(1)
})

test('goes on with the last value while the API server is away, without a long wait for it', async () => {
  const { server, value } = start({ freshMs: 0, missingMs: 0, patienceMs: 1 })
  server.answer = gives({ token: 'old' })
  await value()
  server.answer = async () => Promise.reject(new ReadError('Unreachable', 'gone'))
  expect(await value()).toBe('old')
  const late = Promise.withResolvers<KubeObject>()
  server.answer = () => late.promise
  expect(await value()).toBe('old')
  late.resolve(secret({ token: 'new' }))
  server.answer = gives({ token: 'new' })
  await vi.waitFor(async () => expect(await value()).toBe('new'), WAIT)
})

test('but not for ever', async () => {
  const { server, value } = start({ freshMs: 0, missingMs: 0, staleMs: 0 })
  server.answer = gives({ token: 'old' })
  await value().catch(() => undefined)
  server.answer = async () => Promise.reject(new ReadError('Unreachable', 'gone'))
  await expect(value()).rejects.toThrow('gone')
})

test('a right that was taken away counts at once', async () => {
  const { server, value } = start({ freshMs: 0, missingMs: 0 })
  server.answer = gives({ token: 'old' })
  await value()
  server.answer = async () => Promise.reject(new ReadError('Forbidden', 'User "op" cannot get resource "secrets"'))
  await expect(value()).rejects.toThrow('User "op" cannot get')
  server.answer = async () => Promise.reject(new ReadError('Unreachable', 'gone'))
  await expect(value()).rejects.toThrow('gone')
})
