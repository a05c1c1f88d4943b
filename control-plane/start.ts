import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api } from './api.ts'
import { type Binaries, findBinaries } from './build.ts'
import { type Component, freePorts, startComponent, waitUntil } from './processes.ts'

export type ControllerName = 'kube-controller-manager' | 'kube-scheduler'

export interface ControlPlane {
  kubeconfig: string
  url: string
  token: string
  /** The API server's own certificate, which signs itself. */
  caFile: string
  /** Its private key: the simulated kubelet serves logs with the pair. */
  keyFile: string
  /** Where the API server looks for a proxy to the nodes, so that a node may have any address; the simulated kubelet listens there. */
  nodeSocket: string
  etcdUrl: string
  dir: string
  /** One JSON audit event a line, once answered; written only with `audit`. */
  auditLog: string
  /** Puts an API server in the place of the first that stores as those of real clusters do: binary, which is much quicker to read. */
  storeAsUsual(): Promise<void>
  /** Ends one of the two for good, as when it crashes. */
  stopController(name: ControllerName): Promise<void>
  /** Ends kube-controller-manager and kube-scheduler only: what is left is a cluster that nobody changes. */
  stopControllers(): Promise<void>
  stop(): Promise<void>
}

export interface ControlPlaneOptions {
  say?: (line: string) => void
  /** How long a silent node stays Ready; Kubernetes' own default of 50 s is long to wait for in real time. */
  nodeMonitorGracePeriod?: string
  featureGates?: Record<string, boolean>
  /** Writes down who asked what and what was answered. */
  audit?: boolean
}

const SERVICE_CIDR = '10.96.0.0/16'

/** A real etcd, kube-apiserver, kube-controller-manager and kube-scheduler on loopback, in a temporary folder. About 3 s. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const say = options.say ?? (() => {})
  const binaries = await findBinaries(say)
  const dir = await mkdtemp(join(tmpdir(), 'inquest-control-plane-'))
  const components: Component[] = []
  const controllers: Component[] = []
  const stop = async () => {
    await Promise.all([...controllers.splice(0), ...components.splice(0)].map((component) => component.stop()))
    await rm(dir, { recursive: true, force: true })
  }
  try {
    return await start(binaries, dir, components, controllers, options, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(
  binaries: Binaries,
  dir: string,
  components: Component[],
  controllers: Component[],
  options: ControlPlaneOptions,
  stop: () => Promise<void>,
): Promise<ControlPlane> {
  const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3)
  const etcdUrl = `http://127.0.0.1:${etcdPort}`
  const url = `https://127.0.0.1:${apiPort}`
  const token = randomBytes(16).toString('hex')
  const caFile = join(dir, 'certs', 'apiserver.crt')
  const kubeconfig = join(dir, 'kubeconfig')
  const nodeSocket = join(dir, 'nodes.sock')
  await writeCredentials(dir, token, nodeSocket)

  const etcd = startComponent(binaries.etcd, etcdArgs(dir, etcdUrl, `http://127.0.0.1:${peerPort}`), dir)
  components.push(etcd)
  await waitUntil('etcd', etcd, async () => (await fetch(`${etcdUrl}/health`)).ok)

  const startApiServer = async (storage: Storage): Promise<Component> => {
    const apiserver = startComponent(binaries['kube-apiserver'], apiserverArgs(dir, etcdUrl, apiPort, storage, options), dir)
    components.push(apiserver)
    let api: Api | undefined
    await waitUntil('kube-apiserver', apiserver, async () => {
      api ??= new Api(url, token, caFile, 'inquest-control-plane')
      return (await api.text('GET', '/readyz')) === 'ok'
    })
    await api?.close()
    return apiserver
  }
  // As text in etcd, the timestamps of a whole cluster can be rewritten (ageing.ts).
  const first = await startApiServer('application/json')
  await writeKubeconfig(kubeconfig, url, token, caFile)

  const controllerManager = startComponent(binaries['kube-controller-manager'], controllerManagerArgs(dir, kubeconfig, options), dir)
  const scheduler = startComponent(binaries['kube-scheduler'], schedulerArgs(kubeconfig), dir)
  controllers.push(controllerManager, scheduler)
  const stopControllers = async () => {
    await Promise.all(controllers.splice(0).map((component) => component.stop()))
  }
  const stopController = async (name: ControllerName) => {
    for (const component of controllers) if (component.name === name) await component.stop()
  }
  return {
    kubeconfig,
    url,
    token,
    caFile,
    keyFile: join(dir, 'certs', 'apiserver.key'),
    nodeSocket,
    etcdUrl,
    dir,
    auditLog: auditLogIn(dir),
    async storeAsUsual() {
      await first.stop()
      await startApiServer('application/vnd.kubernetes.protobuf')
    },
    stopController,
    stopControllers,
    stop,
  }
}

type Storage = 'application/json' | 'application/vnd.kubernetes.protobuf'

const auditLogIn = (dir: string): string => join(dir, 'audit.log')
const AUDIT_POLICY = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] }

async function writeCredentials(dir: string, token: string, nodeSocket: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await writeFile(join(dir, 'service-accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  await writeFile(join(dir, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 })
  // Calls to nodes go through a proxy on a socket: a node then has a believable address and port without owning it on this machine.
  const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: nodeSocket } } }
  const egress = {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection }],
  }
  await writeFile(join(dir, 'egress.yaml'), JSON.stringify(egress))
  await writeFile(join(dir, 'audit.yaml'), JSON.stringify(AUDIT_POLICY))
}

async function writeKubeconfig(path: string, server: string, token: string, caFile: string): Promise<void> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'inquest',
    clusters: [{ name: 'inquest', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'inquest', context: { cluster: 'inquest', user: 'admin' } }],
  }
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 })
}

function etcdArgs(dir: string, clientUrl: string, peerUrl: string): string[] {
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]
}

function apiserverArgs(dir: string, etcdUrl: string, port: number, storage: Storage, options: ControlPlaneOptions): string[] {
  // The identity Lease would carry this machine's host name into what is recorded.
  const gates = { UnknownVersionInteroperabilityProxy: false, APIServerIdentity: false, ...options.featureGates }
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(dir, 'certs')}`,
    `--service-account-key-file=${join(dir, 'service-accounts.key')}`,
    `--service-account-signing-key-file=${join(dir, 'service-accounts.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=Node,RBAC',
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    '--endpoint-reconciler-type=none',
    `--storage-media-type=${storage}`,
    `--egress-selector-config-file=${join(dir, 'egress.yaml')}`,
    `--feature-gates=${Object.entries(gates)
      .map(([name, on]) => `${name}=${on}`)
      .join(',')}`,
    ...(options.audit ? [`--audit-policy-file=${join(dir, 'audit.yaml')}`, `--audit-log-path=${auditLogIn(dir)}`] : []),
    '--allow-privileged=true',
    '--kubelet-preferred-address-types=InternalIP,Hostname',
    '--shutdown-delay-duration=0s',
    // Webhooks are asked at a ready endpoint of their Service, as most managed clusters do it; nothing listens on a cluster IP here.
    '--enable-aggregator-routing=true',
  ]
}

function controllerManagerArgs(dir: string, kubeconfig: string, options: ControlPlaneOptions): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--use-service-account-credentials=false',
    `--service-account-private-key-file=${join(dir, 'service-accounts.key')}`,
    `--root-ca-file=${join(dir, 'certs', 'apiserver.crt')}`,
    '--controllers=*,-bootstrap-signer-controller,-token-cleaner-controller,-certificatesigningrequest-signing-controller',
    // A roll-out of seven revisions makes more calls than the default 20 a second allow; the wait would be real time.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--concurrent-deployment-syncs=10',
    `--node-monitor-period=${options.nodeMonitorGracePeriod ? '1s' : '5s'}`,
    `--node-monitor-grace-period=${options.nodeMonitorGracePeriod ?? '50s'}`,
    '--horizontal-pod-autoscaler-sync-period=2s',
    '--profiling=false',
  ]
}

function schedulerArgs(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--profiling=false',
  ]
}
