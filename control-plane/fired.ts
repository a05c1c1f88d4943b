import { webhookPayload } from './alert.ts'
import type { Json } from './api.ts'
import type { PlayedCluster } from './play.ts'
import type { Scenario } from './scenario.ts'

/** The scenario's alert as the text that Alertmanager would post for the cluster that was played; it may name pods that only this play knows. */
export async function firedAlert({ alert }: Scenario, { api, now }: PlayedCluster): Promise<string> {
  const pods: Json[] = typeof alert === 'function' ? (await api.get('/api/v1/pods')).items : []
  const podsOf = (namespace: string, namePrefix = ''): Json[] =>
    pods.filter(({ metadata }) => metadata.namespace === namespace && metadata.name.startsWith(namePrefix))
  const fired = typeof alert === 'function' ? alert(podsOf) : alert
  return `${JSON.stringify(webhookPayload(fired, now), null, 2)}\n`
}
