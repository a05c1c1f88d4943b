import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { crdYaml, KINDS } from '#kinds/crd'
import { Api, type Json } from '../control-plane/api.ts'
import { startControlPlane, type ControlPlane } from '../control-plane/start.ts'
import { until } from './inquest.ts'

/** A real control plane for a test file, its administrator, and kubeconfigs of others. */
export interface TestCluster {
  plane: ControlPlane
  admin: Api
  /** Puts Inquest's CRDs there and waits until they are served. */
  installCrds(): Promise<void>
  /** The path of a kubeconfig of a new ServiceAccount of namespace `default` that may do this everywhere, and nothing else. */
  kubeconfigOf(name: string, rules: readonly object[]): Promise<string>
  stop(): Promise<void>
}

export async function startTestCluster(options: { audit?: boolean } = {}): Promise<TestCluster> {
  const plane = await startControlPlane(options)
  const admin = new Api(plane.url, plane.token, plane.caFile, 'test')
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  return {
    plane,
    admin,
    async installCrds() {
      const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
      for (const text of Object.values(crdYaml())) await admin.create(crds, parse(text))
      const isServed = async (plural: string): Promise<boolean> => {
        const { status } = await admin.get(`${crds}/${plural}.inquest.dev`)
        const conditions: Json[] = status?.conditions ?? []
        return conditions.some(({ type, status: is }) => type === 'Established' && is === 'True') && (await isListed(plural))
      }
      // Established a moment before it is served.
      const isListed = (plural: string): Promise<boolean> =>
        admin.get(`/apis/inquest.dev/v1alpha1/${plural}`).then(
          () => true,
          () => false,
        )
      for (const { plural } of KINDS) await until(() => isServed(plural), 20_000, `${plural} to be served`)
    },
    async kubeconfigOf(name, rules) {
      await admin.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name } })
      await admin.create(`${rbac}/clusterroles`, { metadata: { name }, rules })
      const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name }]
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
      await admin.create(`${rbac}/clusterrolebindings`, { metadata: { name }, subjects, roleRef })
      const { status } = await admin.create(`/api/v1/namespaces/default/serviceaccounts/${name}/token`, { spec: {} })
      const path = join(plane.dir, `kubeconfig-${name}`)
      await writeFile(path, JSON.stringify(kubeconfig(plane.url, plane.caFile, status.token)), { mode: 0o600 })
      return path
    },
    async stop() {
      await admin.close()
      await plane.stop()
    },
  }
}

export const kubeconfig = (server: string, caFile: string, token: string): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'test',
  clusters: [{ name: 'test', cluster: { server, 'certificate-authority': caFile } }],
  users: [{ name: 'test', user: { token } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
})
