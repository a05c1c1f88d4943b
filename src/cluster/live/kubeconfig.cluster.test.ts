import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startControlPlane } from '../../../control-plane/start.ts'
import { kubectlPath } from '../../../test/kubectl.ts'
import { tempFolder } from '../fixture.ts'
import { openLiveCluster } from './open.ts'

test('kubectl is let in by a real API server with the kubeconfig of a reader', async () => {
  const cluster = await startControlPlane()
  await using folder = await tempFolder()
  const config = {
    clusters: [{ name: 'c', cluster: { server: cluster.url, 'certificate-authority': cluster.caFile } }],
    users: [{ name: 'u', user: { token: cluster.token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  const file = (name: string): string => join(folder.path, name)
  await writeFile(file('config'), JSON.stringify(config))
  const reader = await openLiveCluster({ kubeconfig: file('config') })
  try {
    await writeFile(file('made'), await reader.kubeconfig())
    const { stdout } = await promisify(execFile)(await kubectlPath(), ['--kubeconfig', file('made'), 'get', 'namespaces', '-o', 'name'])
    expect(stdout).toContain('namespace/default')
  } finally {
    await reader.close()
    await cluster.stop()
  }
})
