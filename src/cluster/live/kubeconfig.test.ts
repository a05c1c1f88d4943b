import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { kubectlPath } from '../../../test/kubectl.ts'
import { tempFolder } from '../fixture.ts'
import type { Bearer } from './credentials.ts'
import { openLiveCluster } from './open.ts'

const pem = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`
const b64 = (text: string): string => Buffer.from(text).toString('base64')

/** The kubeconfig that kubectl is given for a context of this user and cluster. */
async function made(user: object, cluster: object, as?: Bearer) {
  await using folder = await tempFolder()
  const at = (name: string): string => join(folder.path, name)
  await writeFile(at('ca'), pem('CERTIFICATE'))
  await writeFile(at('cert'), pem('CERTIFICATE'))
  await writeFile(at('key'), pem('PRIVATE KEY'))
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'from-a-plugin' } }
  await writeFile(at('plugin'), `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`)
  await chmod(at('plugin'), 0o755)
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    'current-context': 'prod',
  }
  await writeFile(at('config'), JSON.stringify(config).replaceAll('DIR', folder.path))
  const reader = await openLiveCluster({ kubeconfig: at('config'), ...(as ? { as } : {}) })
  try {
    const kubeconfig = await reader.kubeconfig()
    expect(kubeconfig).not.toContain(folder.path)
    await writeFile(at('made'), kubeconfig)
    // The real kubectl reads it as it is meant.
    const { stdout } = await promisify(execFile)(await kubectlPath(), [
      'config',
      'view',
      '--raw',
      '--minify',
      '-o',
      'json',
      '--kubeconfig',
      at('made'),
    ])
    expect(JSON.parse(stdout)).toMatchObject(JSON.parse(kubeconfig))
    const { users, clusters } = JSON.parse(await readFile(at('made'), 'utf8'))
    return { user: users[0].user, cluster: clusters[0].cluster }
  } finally {
    await reader.close()
  }
}

describe('a kubeconfig for kubectl stands alone', () => {
  it('with the certificates of files in it', async () => {
    const { user, cluster } = await made(
      { 'client-certificate': 'DIR/cert', 'client-key': 'DIR/key', as: 'eyes' },
      { 'certificate-authority': 'DIR/ca', 'tls-server-name': 'api.example' },
    )
    expect(cluster).toEqual({
      server: 'https://127.0.0.1:1',
      'certificate-authority-data': b64(pem('CERTIFICATE')),
      'tls-server-name': 'api.example',
    })
    expect(user).toEqual({ 'client-certificate-data': b64(pem('CERTIFICATE')), 'client-key-data': b64(pem('PRIVATE KEY')), as: 'eyes' })
  })

  it.each([
    ['a token', { token: 'a-token' }, { token: 'a-token' }],
    [
      'a plug-in',
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'DIR/plugin', interactiveMode: 'Never' } },
      { token: 'from-a-plugin' },
    ],
    ['a password', { username: 'ada', password: 'a:b' }, { username: 'ada', password: 'a:b' }],
  ])('from %s', async (_, user, expected) => {
    expect((await made(user, { 'insecure-skip-tls-verify': true })).user).toEqual(expected)
  })

  it('of another identity holds nothing of the context’s own', async () => {
    const own = { 'client-certificate': 'DIR/cert', 'client-key': 'DIR/key', as: 'eyes' }
    const { user, cluster } = await made(
      own,
      { 'insecure-skip-tls-verify': true },
      {
        who: 'ServiceAccount shop/eyes',
        token: async () => 'a-service-accounts',
        refused: () => undefined,
      },
    )
    expect(user).toEqual({ token: 'a-service-accounts' })
    expect(cluster).toMatchObject({ 'insecure-skip-tls-verify': true })
  })

  it('takes no credentials over plain http', async () => {
    expect((await made({ token: 'a-token' }, { server: 'http://127.0.0.1:1' })).user).toEqual({})
  })
})
