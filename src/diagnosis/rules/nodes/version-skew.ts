import { refOf } from '#cluster'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const versionSkew: Rule = {
  id: 'version-skew',
  title: 'A node’s kubelet is too old for the cluster',
  means:
    'A kubelet may be up to three minor versions older than the API server; an older one may misread what it is told. It counts only when an alert asks about it.',
  looksAt: 'kubeletVersion of all nodes that were read, the newest of which stands for the cluster.',
  mend: 'Drain and upgrade the node.',
  look: (snapshot) => {
    const nodes = snapshot.all('Node').map((node) => ({ node, minor: minorOf(node.status?.nodeInfo?.kubeletVersion) }))
    const newest = Math.max(0, ...nodes.map((n) => n.minor ?? 0))
    return nodes
      .filter((n) => n.minor !== null && newest - n.minor > SUPPORTED)
      .map(({ node, minor }): Seen => {
        const object = refOf(node)
        return {
          on: object,
          failure: 'configuration',
          severity: 'warning',
          summary: `Node ${object.name} runs kubelet ${node.status.nodeInfo.kubeletVersion}, ${newest - minor!} minor versions behind 1.${newest}`,
          evidence: [fromObject(node, `kubeletVersion ${node.status.nodeInfo.kubeletVersion}`)],
          cause: { object, field: null },
          directness: 0.82,
          tentative: true,
          recommendations: [
            inspect(
              'Compare the versions, then upgrade the node',
              'Kubernetes supports three minor versions of difference.',
              'kubectl get nodes',
            ),
          ],
        }
      })
  },
}

/** Kubernetes' version skew policy since 1.28. */
const SUPPORTED = 3

const minorOf = (version: unknown): number | null => {
  const match = /^v1\.(\d+)\./.exec(String(version ?? ''))
  return match ? Number(match[1]) : null
}
