import type { Json } from './api.ts'
import type { Patch } from './scenario.ts'

type Workload = { kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'; namespace: string; name: string }

/** As `kubectl set image` does it. */
export const setImage = (workload: Workload, container: string, image: string): Patch => setContainer(workload, container, { image })

/** As `kubectl set env` does it. */
export const setEnv = (workload: Workload, container: string, name: string, value: string): Patch =>
  setContainer(workload, container, { env: [{ name, value }] })

export function setContainer(workload: Workload, container: string, change: Json): Patch {
  return { apiVersion: 'apps/v1', ...workload, patch: { spec: { template: { spec: { containers: [{ name: container, ...change }] } } } } }
}
