import { readFileSync, statSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { builtin, openBundle, openLiveCluster, serveBundle } from '#cluster'
import { objectText, type Diagnosis } from '#kinds/result'
import { alertIn } from '../src/cli/alert-file.ts'
import { look } from '../src/cli/eval/run-case.ts'
import { folderOf, listOf, pod } from '../src/cluster/fixture.ts'
import { inquest } from './inquest.ts'
import { SCENARIOS } from './scenarios.ts'

let dir = ''
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'inquest-record-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

const never = new AbortController().signal
const at = (name: string): string => join(dir, name)

/** A scenario, or a folder, served as if it were a cluster; `refuse` answers 403 for what it says. */
async function cluster(name: string, refuse: (path: string) => boolean = () => false) {
  const reader = await openBundle(isAbsolute(name) ? name : join(SCENARIOS, name, 'bundle.tgz'))
  const served = await serveBundle(reader)
  const gate = createServer((request: IncomingMessage, response) => {
    const path = request.url ?? ''
    if (refuse(path)) {
      const message = `resource is forbidden: User "someone" cannot list ${path.split('?')[0]}`
      return void response
        .writeHead(403, { 'content-type': 'application/json' })
        .end(JSON.stringify({ kind: 'Status', code: 403, message }))
    }
    fetch(new URL(served.url).origin + new URL(served.url).pathname + path, { headers: { accept: request.headers.accept ?? '*/*' } }).then(
      async (answer) =>
        response
          .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '', date: answer.headers.get('date')! })
          .end(await answer.text()),
      (error: Error) => response.writeHead(502).end(error.message),
    )
  })
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  const kubeconfig = at('kubeconfig')
  await writeFile(kubeconfig, served.kubeconfig.replace(served.url, `http://127.0.0.1:${(gate.address() as AddressInfo).port}`))
  return {
    kubeconfig,
    async [Symbol.asyncDispose]() {
      gate.closeAllConnections()
      gate.close()
      await served.close()
    },
  }
}

const record = (kubeconfig: string, ...args: string[]) => inquest(['bundle', '--kubeconfig', kubeconfig, '-o', at('b.tgz'), ...args])

const verdictOf = ({ rootCause, healthy, problems }: Diagnosis) => ({
  healthy,
  rootCause: rootCause && [objectText(rootCause.object), rootCause.field, rootCause.rule],
  problems: problems.length,
})

describe('inquest bundle', () => {
  test.each(['checkout-rollout', 'service-selector', 'node-not-ready', 'quota-exceeded', 'healthy'])(
    'what was recorded of %s is diagnosed as the cluster itself is',
    async (name) => {
      await using live = await cluster(name)
      const { code, out, err } = await record(live.kubeconfig)
      expect([code, out]).toEqual([0, `${at('b.tgz')}\n`])
      expect(err).toMatch(/\d+ objects of \d+ kinds, \d+ logs/)
      const alert = alertIn(readFileSync(join(SCENARIOS, name, 'alert.json'), 'utf8'), name)
      const reader = await openLiveCluster({ kubeconfig: live.kubeconfig })
      const recorded = await openBundle(at('b.tgz'))
      expect(recorded.oddities).toEqual([])
      expect(verdictOf(await look(recorded, alert, never))).toEqual(verdictOf(await look(reader, alert, never)))
      await reader.close()
    },
  )

  test('holds what can be asked for: empty lists, logs of both runs, the version; and only its user may read it', async () => {
    await using live = await cluster('checkout-rollout')
    await record(live.kubeconfig)
    const recorded = await openBundle(at('b.tgz'))
    expect(statSync(at('b.tgz')).mode & 0o777).toBe(0o600)
    expect(recorded.serverVersion).toMatchObject({ gitVersion: expect.stringMatching(/^v1/) })
    expect(await recorded.list(builtin('CronJob'), { namespace: 'shop' })).toEqual([])
    const crashing = (await recorded.list(builtin('Pod'), { namespace: 'shop' })).find(
      ({ status }) => status.containerStatuses[0].restartCount > 0,
    )!
    const request = { namespace: 'shop', pod: crashing.metadata.name, container: 'payments', tailLines: 50 }
    expect(await recorded.logs({ ...request, previous: true })).toContain('ledger-db-v2')
    expect(await recorded.logs({ ...request, previous: false })).not.toBeNull()
    expect(await readdir(dir)).toEqual(['b.tgz', 'kubeconfig'])
  })

  test('names the kinds that may not be read, in the bundle and at the end', async () => {
    await using live = await cluster('checkout-rollout', (path) => /\/(secrets|configmaps)\b/.test(path))
    const { code, err } = await record(live.kubeconfig)
    expect(code).toBe(0)
    expect(err).toMatch(/Could not read configmaps: cannot list configmaps: resource is forbidden/)
    const recorded = await openBundle(at('b.tgz'))
    expect(recorded.oddities).toEqual(
      ['configmaps', 'secrets'].map((kind) => expect.stringContaining(`The recorder could not read ${kind}: cannot list`)),
    )
    await expect(recorded.list(builtin('ConfigMap'), { namespace: 'shop' })).rejects.toMatchObject({ reason: 'NotRecorded' })
  })

  test('records one namespace, and what belongs to none', async () => {
    await using live = await cluster('checkout-rollout')
    await record(live.kubeconfig, '-n', 'shop')
    const recorded = await openBundle(at('b.tgz'))
    const pods = await recorded.list(builtin('Pod'), {})
    expect(new Set(pods.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['shop']))
    expect((await recorded.list(builtin('Node'), {})).length).toBeGreaterThan(0)
    await expect(recorded.list(builtin('Pod'), { namespace: 'kube-system' })).rejects.toMatchObject({ reason: 'NotRecorded' })
  })

  test('takes secrets out of objects and logs', async () => {
    const web = pod('shop', 'web', {
      spec: { containers: [{ name: 'app', image: 'shop/app:1', env: [{ name: 'DB_PASSWORD', value: 'Tr0ub4dor' }] }] },
    })
    await using folder = await folderOf({
      'cluster-resources/pods/shop.json': listOf('v1', 'Pod', [web]),
      'cluster-resources/configmaps/shop.json': listOf('v1', 'ConfigMap', [
        { metadata: { name: 'web', namespace: 'shop' }, data: { dsn: 'postgres://web:Tr0ub4dor@db/web' } },
      ]),
      'cluster-resources/secrets/shop.json': listOf('v1', 'Secret', [
        { metadata: { name: 'db', namespace: 'shop' }, data: { key: 'Tr0ub4dor' } },
      ]),
      'cluster-resources/pods/logs/shop/web/app.log': 'connecting with password=Tr0ub4dor\nlistening on :8080\n',
    })
    await using live = await cluster(folder.path)
    await record(live.kubeconfig)
    const text = gunzipSync(readFileSync(at('b.tgz'))).toString()
    expect(text).not.toContain('Tr0ub4dor')
    expect(text.match(/\[REDACTED:/g)).toHaveLength(3)
    expect(text).toContain('listening on :8080')
    expect(text).toContain('"name":"db"')
  })

  test.each([
    ['a size that is none', ['--max-size', 'huge'], 'from 1MB to 16GB'],
    ['a size too small to be of use', ['--max-size', '10k'], 'from 1MB to 16GB'],
    ['a file that is there', ['-o', 'KUBECONFIG'], 'is there already'],
    ['a context that is not', ['--context', 'nowhere'], 'nowhere'],
  ])('refuses %s with the remedy, and exits with 2', async (_, args, said) => {
    await using live = await cluster('healthy')
    const { code, err } = await record(live.kubeconfig, ...args.map((arg) => arg.replace('KUBECONFIG', live.kubeconfig)))
    expect(err).toContain(said)
    expect(code).toBe(2)
  })

  test('leaves nothing behind when the cluster lets nothing be read', async () => {
    await using live = await cluster('healthy', (path) => path.includes('limit='))
    const { code, err } = await record(live.kubeconfig)
    expect(code).toBe(1)
    expect(err).toContain('lets nothing be read')
    expect(await readdir(dir)).toEqual(['kubeconfig'])
  })
})
