import { describe, expect, it } from 'vitest'
import { apiClient, clientOfVisitor, type ApiOptions } from './api-client.ts'
import type { Io } from './io.ts'

const io: Io = {
  out: () => undefined,
  err: () => undefined,
  readStdin: async () => '',
  env: {},
  outIsTerminal: false,
  errIsTerminal: false,
  columns: 80,
  signal: new AbortController().signal,
}
/** Tells what of the kubeconfig leaves the machine, and which way. */
function visitorThat(sent: string[]) {
  return {
    title: 'context prod',
    namespace: 'shop',
    token: async () => 'the-users-own',
    async get(service: { namespace: string; name: string; port: string }, path: string, headers: Readonly<Record<string, string>>) {
      sent.push(`${service.namespace}/${service.name}:${service.port}${path} ${JSON.stringify(headers)}`)
      return { status: 200, body: 'said' }
    },
    close: () => undefined,
  }
}

describe('with a kubeconfig', () => {
  it.each<[string, ApiOptions, NodeJS.ProcessEnv, string]>([
    ['in its own namespace', {}, {}, 'inquest'],
    ['where the flag says', { inquestNamespace: 'tools' }, { INQUEST_NAMESPACE: 'other' }, 'tools'],
    ['where the variable says', {}, { INQUEST_NAMESPACE: 'other' }, 'other'],
  ])('Inquest is reached through the API server %s, with the token in a header that is left alone', async (_, options, env, namespace) => {
    const sent: string[] = []
    expect(await clientOfVisitor(visitorThat(sent), options, { ...io, env }).text('/alerts')).toBe('said')
    expect(sent).toEqual([`${namespace}/inquest-api:api/api/v1/alerts {"X-Inquest-Authorization":"Bearer the-users-own"}`])
  })

  it.each(['http://inquest.example:8081', 'http://10.0.0.1', 'http://[::2]:80', 'inquest.example'])(
    "the user's own token does not go to %s",
    (server) => {
      expect(() => clientOfVisitor(visitorThat([]), { server }, io)).toThrow('is not sent to')
    },
  )
  it.each([
    ['over TLS', { server: 'https://inquest.example' }],
    ['to a port-forward', { server: 'http://127.0.0.1:8081' }],
    ['to a port-forward of IPv6', { server: 'http://[::1]:8081' }],
    ['as a token that only Inquest takes', { server: 'http://inquest.example', serviceAccount: 'shop/viewer' }],
  ])('but %s', (_, options) => {
    expect(() => clientOfVisitor(visitorThat([]), options, io)).not.toThrow()
  })
})

it.each<[string, ApiOptions, RegExp]>([
  ['a token beside a context', { token: 't', context: 'prod' }, /exclude each other/],
  ['an account without a namespace', { serviceAccount: 'viewer' }, /"viewer" is not NAMESPACE\/NAME/],
  ['an account with too many parts', { serviceAccount: 'a/b/c' }, /is not NAMESPACE\/NAME/],
])('refuses %s', async (_, options, message) => {
  await expect(apiClient(options, io)).rejects.toThrow(message)
})
