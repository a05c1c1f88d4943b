import type { OutgoingHttpHeaders } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { Cluster } from '@kubernetes/client-node'

const base64 = (pem: unknown): string => Buffer.from(Array.isArray(pem) ? pem.join('\n') : (pem as string | Buffer)).toString('base64')

/**
 * A kubeconfig of one context from what a request would carry: whatever files or plug-ins the credentials come from, they are
 * resolved. With `token` it is that identity and nothing of the context's own. Over plain http there are no credentials.
 */
export function kubeconfigOf(cluster: Cluster, given: RequestOptions, token: string | undefined): string {
  const { Authorization, 'Impersonate-User': as } = (given.headers ?? {}) as OutgoingHttpHeaders
  const bearer = token ?? /^Bearer (.+)$/.exec(String(Authorization ?? ''))?.[1]
  const [username, ...password] = given.auth?.split(':') ?? []
  const own = token === undefined
  const user = {
    ...(bearer ? { token: bearer } : {}),
    ...(own && username ? { username, password: password.join(':') } : {}),
    ...(own && given.cert ? { 'client-certificate-data': base64(given.cert) } : {}),
    ...(own && given.key ? { 'client-key-data': base64(given.key) } : {}),
    ...(own && as ? { as: String(as) } : {}),
  }
  const { server, skipTLSVerify, tlsServerName, proxyUrl } = cluster
  const context = {
    server,
    // A CA beside "do not check" is an error to kubectl.
    ...(skipTLSVerify ? { 'insecure-skip-tls-verify': true } : given.ca ? { 'certificate-authority-data': base64(given.ca) } : {}),
    ...(tlsServerName ? { 'tls-server-name': tlsServerName } : {}),
    ...(proxyUrl ? { 'proxy-url': proxyUrl } : {}),
  }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster: context }],
    users: [{ name: 'user', user }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  })
}
