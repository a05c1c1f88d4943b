import type { KubeObject } from '#cluster'
import { dutyOf, lacksNetwork } from '../snapshot/agents.ts'
import { bringsDriver, missingDriver } from '../snapshot/csi.ts'
import { DNS_SERVICE } from '../snapshot/well-known.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { isStarting } from '../rules/scheduling/placement-startup.ts'
import type { Eyes } from './eyes.ts'
import { mapLimited } from './limit.ts'

const WIDTH = 8
const MAX_READS = 40

/** Pods that have a node and have not started. */
const waiting = (snapshot: Snapshot): KubeObject[] =>
  snapshot.all('Pod').filter((pod) => pod.status?.phase === 'Pending' && pod.spec?.nodeName && !pod.metadata.deletionTimestamp)

/** What pods that do not start may want: the volumes behind their claims, and their pull secrets (of a Secret only that it is there). */
export async function readForWaiting(eyes: Eyes, snapshot: Snapshot): Promise<void> {
  const pods = waiting(snapshot)
  const volumes = pods.flatMap((pod) =>
    (pod.spec?.volumes ?? []).flatMap((v: any): string[] => {
      const claim = snapshot.get('PersistentVolumeClaim', pod.metadata.namespace ?? null, v.persistentVolumeClaim?.claimName ?? '')
      return typeof claim?.spec?.volumeName === 'string' ? [claim.spec.volumeName] : []
    }),
  )
  await mapLimited(unique(volumes), WIDTH, (name) => eyes.get('PersistentVolume', null, name))
  const secrets = pods
    .filter((pod) => (pod.status?.containerStatuses ?? []).some((s: any) => /ImagePull/.test(s.state?.waiting?.reason ?? '')))
    .flatMap((pod) => (pod.spec?.imagePullSecrets ?? []).map((s: any) => `${pod.metadata.namespace ?? ''}/${s.name}`))
  await mapLimited(unique(secrets), WIDTH, (key) => {
    const [namespace = '', name = ''] = key.split('/')
    return eyes.get('Secret', namespace, name)
  })
}

/** Namespaces of the agents that a pod on its node waits for: of the network when its sandbox cannot be made, of a storage driver that is not there. */
export async function agentNamespaces(eyes: Eyes, snapshot: Snapshot): Promise<string[]> {
  const isStuck = waiting(snapshot).some((pod) => snapshot.eventsOf(pod).some((e) => e.reason === 'FailedCreatePodSandBox'))
  const drivers = waiting(snapshot).flatMap((pod) => snapshot.eventsOf(pod).flatMap((e) => missingDriver(e.message) ?? []))
  const isCutOff = snapshot.all('Node').some(lacksNetwork)
  const isDeviceless = waitsForDevice(snapshot)
  const isNew = snapshot.all('Node').some(isStarting)
  if (!isStuck && drivers.length === 0 && !isCutOff && !isDeviceless && !isNew) return []
  const sets = [...snapshot.all('DaemonSet'), ...(await eyes.list('DaemonSet', null))]
  const agents = sets.filter(
    (d) =>
      ((isStuck || isCutOff) && d.spec?.template?.spec?.hostNetwork) ||
      (isDeviceless && dutyOf(d) === 'devices') ||
      (isNew && dutyOf(d) !== null) ||
      drivers.some((driver) => bringsDriver(d, driver)),
  )
  return unique([...(isStuck || isNew ? [DNS_SERVICE.namespace!] : []), ...agents.map((d) => d.metadata.namespace ?? '')])
}

/** A pod without a node asks for something that only a device plug-in brings. */
const waitsForDevice = (snapshot: Snapshot): boolean =>
  snapshot
    .all('Pod')
    .some(
      (pod) =>
        !pod.spec?.nodeName &&
        pod.status?.phase === 'Pending' &&
        (pod.spec?.containers ?? []).some((c: any) =>
          Object.keys(c.resources?.limits ?? {}).some((name) => /^(?!hugepages-)[\w.-]+\/\S+/.test(name)),
        ),
    )

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort().slice(0, MAX_READS)
