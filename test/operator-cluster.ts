import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Api, type Json } from '../control-plane/api.ts'
import { startControlPlane } from '../control-plane/start.ts'
import { crdYaml } from '../src/kinds/crd.ts'
import { temporaryFolder } from './postgres.ts'
import { until } from './inquest.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'

interface Rule {
  apiGroups: string[]
  resources: string[]
  verbs: string[]
}

/** A file of the chart's rbac/. */
export const rulesOf = (file: string): Rule[] => parse(readFileSync(join(import.meta.dirname, `../chart/rbac/${file}.yaml`), 'utf8'))

/** An answered request, as the API server's audit log has it. */
export interface Asked {
  user: string
  verb: string
  /** `pods/log`; of a request for no resource its path. */
  resource: string
  namespace: string | null
  name: string | null
  code: number
}

export type OperatorCluster = Awaited<ReturnType<typeof startOperatorCluster>>

/**
 * A control plane with Inquest's kinds and roles, as the chart installs them, and an audit log; the operator itself is not started. `hasNodes`: the
 * test brings nodes (job-kubelet.ts), and `serveApi` cannot be used.
 */
export async function startOperatorCluster({ hasNodes = false } = {}) {
  const plane = await startControlPlane({ audit: true })
  const admin = new Api(plane.url, plane.token, plane.caFile, 'test')
  const folder = await temporaryFolder()

  const account = async (namespace: string, name: string): Promise<void> => {
    await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } })
  }
  const kubeconfigOf = async (namespace: string, name: string): Promise<string> => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
    const { status } = await admin.create(path, { spec: { expirationSeconds: 7_200 } })
    const file = join(folder.path, `${namespace}-${name}.kubeconfig`)
    const config = {
      clusters: [{ name: 'c', cluster: { server: plane.url, 'certificate-authority': plane.caFile } }],
      users: [{ name: 'u', user: { token: status.token } }],
      contexts: [{ name: 'test', context: { cluster: 'c', user: 'u', namespace } }],
      'current-context': 'test',
    }
    await writeFile(file, JSON.stringify(config))
    return file
  }
  const clusterRole = (name: string, own: object): Promise<Json> => admin.create(`${RBAC}/clusterroles`, { metadata: { name }, ...own })
  const ref = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name })
  const subject = (account: string) => {
    const [namespace, name] = account.split('/')
    return { kind: 'ServiceAccount', namespace, name }
  }
  /** `account` is `namespace/name`; namespace null: everywhere. */
  const bind = async (namespace: string | null, role: string, account: string): Promise<void> => {
    const where = namespace === null ? `${RBAC}/clusterrolebindings` : `${RBAC}/namespaces/${namespace}/rolebindings`
    const metadata = { name: `${role}-${account.replace('/', '-')}` }
    await admin.create(where, { metadata, roleRef: ref('ClusterRole', role), subjects: [subject(account)] })
  }
  const secretReader = async (namespace: string, names: string[]): Promise<void> => {
    const metadata = { name: 'inquest-secret-reader' }
    const own = { apiGroups: [''], resources: ['secrets'], resourceNames: names, verbs: ['get'] }
    await admin.create(`${RBAC}/namespaces/${namespace}/roles`, { metadata, rules: [own] })
    const binding = { metadata, roleRef: ref('Role', metadata.name), subjects: [subject('inquest/inquest')] }
    await admin.create(`${RBAC}/namespaces/${namespace}/rolebindings`, binding)
  }

  for (const text of Object.values(crdYaml())) await admin.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', parse(text))
  await admin.create('/api/v1/namespaces', { metadata: { name: 'inquest' } })
  await account('inquest', 'inquest')
  for (const [name, file] of [
    ['inquest-operator', 'operator'],
    ['inquest-operator-cluster', 'operator-cluster'],
    ['inquest-agent', 'agent'],
    ['inquest-agent-cluster', 'agent-cluster'],
    ['inquest-runner', 'runner'],
    ['inquest-remediation', 'remediation'],
    ['inquest-viewer', 'viewer'],
    ['inquest-editor', 'editor'],
  ] as const)
    await clusterRole(name, { rules: rulesOf(file) })
  await bind(null, 'inquest-operator', 'inquest/inquest')
  await bind(null, 'inquest-operator-cluster', 'inquest/inquest')
  const access = { metadata: { name: 'inquest-api-access' } }
  await admin.create(`${RBAC}/namespaces/inquest/roles`, { ...access, rules: rulesOf('api-access') })
  const everyone = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }
  const way = { ...access, roleRef: ref('Role', 'inquest-api-access'), subjects: [everyone] }
  await admin.create(`${RBAC}/namespaces/inquest/rolebindings`, way)
  await until(async () => {
    const { items } = await admin.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')
    return items.every(({ status }: Json) =>
      status?.conditions?.some(({ type, status: is }: Json) => type === 'Established' && is === 'True'),
    )
  })

  /** The way from the API server into the cluster's network, where Inquest's pod is; no kube-proxy is needed for it. */
  let apiPort = 0
  const network = createServer()
  network.on('connect', (_, socket) => {
    const pod = connect(apiPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      pod.pipe(socket)
      socket.pipe(pod)
    })
    pod.on('error', () => socket.destroy())
    socket.on('error', () => pod.destroy())
  })
  if (!hasNodes) await new Promise<void>((resolve) => network.listen(plane.nodeSocket, resolve))

  return {
    plane,
    admin,
    folder,
    account,
    kubeconfigOf,
    bind,
    secretReader,
    /** As the chart's Service and its pod do it: the API server goes to addresses of pods only. */
    async serveApi(url: string): Promise<void> {
      apiPort = Number(new URL(url).port)
      const at = '/api/v1/namespaces/inquest'
      const [ip, ports] = ['10.20.30.40', [{ name: 'api', port: 8081 }]]
      const spec = { schedulerName: 'nobody', containers: [{ name: 'inquest', image: 'registry.example/inquest:1' }] }
      const { metadata } = await admin.create(`${at}/pods`, { metadata: { name: 'inquest-0' }, spec })
      await admin.merge(`${at}/pods/inquest-0/status`, { status: { podIP: ip, podIPs: [{ ip }] } })
      await admin.create(`${at}/services`, { metadata: { name: 'inquest-api' }, spec: { ports } })
      const targetRef = { kind: 'Pod', namespace: 'inquest', name: 'inquest-0', uid: metadata.uid }
      const subsets = [{ addresses: [{ ip, targetRef }], ports }]
      await admin.create(`${at}/endpoints`, { metadata: { name: 'inquest-api' }, subsets })
    },
    /** What was asked since a moment; `from` is an earlier length of the log. */
    asked: (from = 0): Asked[] =>
      readFileSync(plane.auditLog, 'utf8')
        .slice(from)
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line))
        .map(({ user, verb, objectRef, requestURI, responseStatus }) => ({
          user: user.username,
          verb,
          resource: objectRef ? [objectRef.resource, objectRef.subresource].filter(Boolean).join('/') : requestURI.split('?')[0],
          namespace: objectRef?.namespace ?? null,
          name: objectRef?.name ?? null,
          code: responseStatus?.code ?? 0,
        })),
    logLength: (): number => readFileSync(plane.auditLog, 'utf8').length,
    async stop(): Promise<void> {
      network.closeAllConnections()
      await new Promise((resolve) => network.close(resolve))
      await admin.close()
      await plane.stop()
      await folder.remove()
    },
  }
}
