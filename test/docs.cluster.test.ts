import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Api, type Json } from '../control-plane/api.ts'
import { until, type Served } from './inquest.ts'
import { freshDatabase } from './postgres.ts'
import { startUserCluster, type Shown, type UserCluster } from './release.ts'

/**
 * The pages that tell how Inquest is installed and run, done from the top to the bottom by somebody who types what they say. A command that cannot be
 * typed as it stands has an entry below; one that is new runs as it stands or fails here. docs/access.md: test/operator-rights.cluster.test.ts.
 */
interface Way {
  /** Why it cannot be tried on this machine, if so. */
  unless?: () => Promise<string | null>
  /** What stands for a placeholder. */
  put?: () => Record<string, string>
  /** What the page takes for granted at this place. */
  before?: () => Promise<void>
  /** It would go on for ever: enough is when it has printed this. */
  until?: RegExp
  /** What must be true of what it printed, and of the cluster afterwards. */
  after?: (shown: Shown) => unknown
}

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../docs', `${name}.md`), 'utf8')

/** Commands of a page in their order: each line of its sh blocks, and what stands in the text and begins like one. */
function commandsOf(text: string): string[] {
  const found: string[] = []
  for (const [, block, inline] of text.matchAll(/^```sh\n(.*?)^```|`((?:kubectl|helm|inquest|docker|pg_\w+) [^`]+)`/gms))
    found.push(
      ...(block === undefined ? [inline!.replaceAll('\\|', '|')] : block.replace(/\\\n\s*/g, '').split('\n')).map((line) => line.trim()),
    )
  return found.filter(Boolean)
}
const yamlOf = (name: string): Json => parse(/^```yaml\n(.*?)^```/ms.exec(page(name))![1]!)

let cluster: UserCluster
let database: Awaited<ReturnType<typeof freshDatabase>>
let served: Served[] = []
let request = ''
let restored: typeof database | undefined

beforeAll(async () => {
  cluster = await startUserCluster()
  database = await freshDatabase()
  await cluster.admin.create('/api/v1/namespaces', { metadata: { name: 'shop' } })
  // What is wrong with it needs no kubelet: there is no such ServiceAccount.
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { serviceAccountName: 'web', containers: [{ name: 'web', image: 'registry.example/web:1' }] },
  }
  await cluster.admin.create('/apis/apps/v1/namespaces/shop/deployments', {
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, template },
  })
}, 900_000)
afterAll(async () => {
  await cluster?.stop()
  await database?.drop()
  await restored?.drop()
})

const rollOut = async (): Promise<void> => {
  served = await cluster.rollOut()
}
const image = (): Record<string, string> => ({ REGISTRY: 'registry.example' })
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const crd = (plural: string): Promise<Json> => cluster.admin.get(`${CRDS}/${plural}.inquest.dev`)

/** As Alertmanager would, with what docs/install.md has it configured with. */
async function sendAlert(): Promise<void> {
  const [{ url }] = yamlOf('install').receivers[0].webhook_configs
  const { hostname, port, pathname } = new URL(url)
  const [service, namespace] = hostname.split('.')
  const { spec } = await cluster.admin.get(`/api/v1/namespaces/${namespace}/services/${service}`)
  expect(spec.ports.map((one: Json) => String(one.port))).toContain(port)
  const { data } = await cluster.admin.get('/api/v1/namespaces/shop/secrets/alertmanager')
  const labels = { alertname: 'KubeDeploymentReplicasMismatch', namespace: 'shop', deployment: 'web' }
  const alert = { status: 'firing', labels, annotations: {}, startsAt: new Date().toISOString(), endsAt: '0001-01-01T00:00:00Z' }
  const body = { version: '4', status: 'firing', receiver: 'inquest', groupKey: '{}', groupLabels: labels, alerts: [alert] }
  const answer = await fetch(new URL(pathname, served[0]!.webhookUrl), {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${Buffer.from(data.token, 'base64')}`, 'content-type': 'application/json' },
  })
  expect(answer.status).toBe(200)
}

/** The release that was tried out goes, as somebody would do it who wants the other one. */
async function startOver(): Promise<void> {
  const { code, err } = await cluster.sh('helm uninstall inquest -n inquest')
  expect({ code, err }).toMatchObject({ code: 0 })
  await rollOut()
  await cluster.sh('kubectl delete namespace inquest --timeout=30s')
}

/** Words of the text that are no command yet: only these very words. */
const NAME = 'the name of a command'
const INSTALL = 'helm install inquest ./chart -n inquest'
const SECRET = 'kubectl create secret generic inquest-database -n inquest'
const WAYS: Readonly<Record<string, Record<string, Way | string>>> = {
  install: {
    'docker build -t REGISTRY/inquest:0.1.0 .': 'there is no container engine here: .ci/package does its steps',
    'docker push REGISTRY/inquest:0.1.0': 'there is no registry here',
    [`${INSTALL} --create-namespace`]: { put: image, after: rollOut },
    'kubectl create namespace inquest': { before: startOver },
    [SECRET]: { put: () => ({ 'postgres://inquest:PASSWORD@postgres.example:5432/inquest': database.url }) },
    [`${INSTALL} --set image.repository=REGISTRY/inquest --set database.existingSecret`]: { put: image, after: rollOut },
    'kubectl logs deployment/inquest -n inquest': 'nothing keeps the output of the pods here',
    'helm upgrade --install': NAME,
    'helm install': NAME,
    'kubectl get sources,workflows,sinks -n shop': { after: ({ out }) => expect(out.match(/ True /g)).toHaveLength(6) },
    'helm status inquest -n inquest': { after: ({ out }) => expect(out).toContain('kind: AlertmanagerConfig') },
    'kubectl get investigations -n shop --watch': { before: sendAlert, until: /^kube-deployment\S+ +Succeeded/m },
    'kubectl inquest investigate deployment/web -n shop': {
      after: ({ out }) => expect(out).toContain('ServiceAccount shop/web does not exist'),
    },
    'kubectl inquest': NAME,
    'helm upgrade inquest ./chart -n inquest --reset-then-reuse-values --set model': {
      after: async () => {
        await rollOut()
        const { data } = await cluster.admin.get('/api/v1/namespaces/inquest/configmaps/inquest-config')
        expect(data['config.yaml']).toContain('anthropic/claude-sonnet-5')
      },
    },
    'helm show values ./chart': { after: ({ out }) => expect(parse(out)).toHaveProperty('database.embedded.enabled', false) },
  },
  investigations: {
    'kubectl describe inv -n shop NAME': {
      put: () => ({ NAME: request }),
      before: ask,
      after: ({ out }) => expect(out).toContain('Succeeded'),
    },
    'kubectl create -f investigation.yaml': { put: () => ({ 'investigation.yaml': file() }), after: ({ out }) => (request = nameIn(out)) },
    'kubectl wait --for=condition=Succeeded inv/web-x7k2p': { put: () => ({ 'web-x7k2p': request }) },
    'kubectl get inv web-x7k2p': { put: () => ({ 'web-x7k2p': request }), after: ({ out }) => expect(out).toMatch(/serviceaccount/i) },
    'inquest get investigations': { put: () => ({ 'inquest get investigations': 'kubectl inquest get investigations -n shop' }) },
    'kubectl delete inv NAME -n shop': { put: () => ({ NAME: request }) },
  },
  troubleshooting: {
    'kubectl describe source alertmanager -n shop': { after: ({ out }) => expect(out).toMatch(/Type:\s+Ready/) },
    'inquest crds | kubectl apply': {
      before: olderKinds,
      after: async () =>
        expect((await crd('workflows')).spec.versions[0].schema.openAPIV3Schema.properties.spec.properties).toHaveProperty('outputs'),
    },
    'helm upgrade': NAME,
    'kubectl apply': NAME,
    'kubectl apply --server-side': NAME,
    'kubectl logs -n inquest -l app.kubernetes.io/name=inquest': 'nothing keeps the output of the pods here',
  },
  concepts: { 'inquest serve --manifests': NAME },
  operations: {
    'helm upgrade': NAME,
    'inquest serve': 'every pod of the other pages is one',
    pg_dump: { unless: noDump, put: () => ({ $DATABASE_URL: database.url, 'inquest.dump': dump() }) },
    pg_restore: {
      unless: noDump,
      before: async () => void (restored = await freshDatabase()),
      put: () => ({ $DATABASE_URL: restored!.url, 'inquest.dump': dump() }),
      after: showsWhatWas,
    },
  },
  'install, to its end': {
    'helm upgrade inquest ./chart -n inquest --reset-then-reuse-values': { after: rollOut },
    'helm uninstall inquest -n inquest': { after: rollOut },
    'kubectl delete crd': {},
    'kubectl delete namespace inquest': {},
  },
}

const file = (): string => join(cluster.folder, 'investigation.yaml')
const nameIn = (out: string): string => /investigation\.inquest\.dev\/(\S+) created/.exec(out)![1]!
/** An Investigation that is done. */
async function ask(): Promise<void> {
  writeFileSync(file(), JSON.stringify(yamlOf('investigations')))
  request = nameIn((await cluster.sh(`kubectl create -f ${file()}`)).out)
  await until(async () => (await cluster.sh(`kubectl get inv ${request} -n shop`)).out.includes('Succeeded'))
}

const dump = (): string => join(cluster.folder, 'inquest.dump')
/** pg_dump refuses a server that is newer than itself. */
async function noDump(): Promise<string | null> {
  const major = async (command: string) => Number(/\d+/.exec((await cluster.sh(command)).out)?.[0] ?? 0)
  const [tool, server] = [await major('pg_dump --version'), await major(`psql ${database.url} -Atc 'show server_version'`)]
  return server > 0 && tool >= server ? null : `needs psql and a pg_dump of PostgreSQL ${server || ''} or newer`
}
async function showsWhatWas(): Promise<void> {
  const rows = async (url: string) => (await cluster.sh(`psql ${url} -Atc 'select id, phase from inquest.investigations order by id'`)).out
  expect(await rows(restored!.url)).toBe(await rows(database.url))
  expect(await rows(restored!.url)).not.toBe('')
}

/** As a release of an earlier version left them: Helm's own field manager. */
async function olderKinds(): Promise<void> {
  const old = await crd('workflows')
  const { spec } = old.spec.versions[0].schema.openAPIV3Schema.properties
  delete spec.properties.outputs
  spec.properties.steps.description = 'Said otherwise then.'
  const { plane } = cluster
  const helm = new Api(plane.url, plane.token, plane.caFile, 'helm')
  await helm.replace(`${CRDS}/workflows.inquest.dev`, old)
  await helm.close()
}

const END = '## Upgrade and uninstall'
const TEXTS: Readonly<Record<string, string>> = {
  install: page('install').split(END)[0]!,
  investigations: page('investigations'),
  troubleshooting: page('troubleshooting'),
  concepts: page('concepts'),
  operations: page('operations'),
  'install, to its end': page('install').split(END)[1]!,
}

describe.each(Object.entries(TEXTS))('docs/%s', (name, text) => {
  const commands = commandsOf(text)
  const ways = Object.entries(WAYS[name]!)
  const isMeant = (command: string, [beginning, way]: [string, Way | string]): boolean =>
    way === NAME ? command === beginning : command.startsWith(beginning)
  const wayOf = (command: string): Way | string => ways.find((one) => isMeant(command, one))?.[1] ?? {}

  test.for(commands)('%s', async (command, { skip }) => {
    const way = wayOf(command)
    if (typeof way === 'string') return
    const reason = await way.unless?.()
    if (reason) return skip(reason)
    await way.before?.()
    const typed = Object.entries(way.put?.() ?? {}).reduce((all, [placeholder, value]) => all.replaceAll(placeholder, value), command)
    const shown = await cluster.sh(typed, way.until ? { until: way.until, timeoutMs: 30_000 } : {})
    expect(shown, `${typed}\n${shown.err}\n${shown.out}`).toMatchObject({ code: 0 })
    await way.after?.(shown)
  })

  test('has every command that is said to be done otherwise', () => {
    expect(ways.filter((way) => !commands.some((command) => isMeant(command, way)))).toEqual([])
  })
})
