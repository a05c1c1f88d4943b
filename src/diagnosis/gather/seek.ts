import type { KubeObject } from '#cluster'
import { condition } from '../snapshot/containers.ts'
import { time } from '../snapshot/events.ts'
import { podSpecOf } from '../snapshot/field-path.ts'
import { unwellCustoms } from '../snapshot/custom-links.ts'
import { bringsNodes } from '../snapshot/provisioners.ts'
import { holdsWord } from '../snapshot/settings.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { DEFAULT_SCHEDULER } from '../snapshot/well-known.ts'
import { configurationOf, webhookService } from '../rules/admission/webhook-call.ts'
import { takings } from '../rules/run/pods-taken.ts'
import { PREEMPTED } from '../rules/scheduling/preemption.ts'
import type { Eyes } from './eyes.ts'

const MAX_SOUGHT = 3

/**
 * Namespaces that trouble points into without naming a host: where the webhook lives that keeps pods out, the pods that
 * took others' places, the scheduler or provisioner that a pod or claim waits for.
 */
export async function sought(eyes: Eyes, snapshot: Snapshot): Promise<string[]> {
  const found = new Set<string>()
  for (const { reason, message } of snapshot.events) {
    const [, namespace] = reason === 'FailedCreate' ? (/failed calling webhook .*https:\/\/[\w-]+\.([\w-]+)\.svc/s.exec(message) ?? []) : []
    if (namespace) found.add(namespace)
    const [, name] = reason === 'FailedCreate' ? (/failed calling webhook "([^"]+)"/.exec(message) ?? []) : []
    const service = name && configurationOf(snapshot, name)?.hook.clientConfig?.service
    if (service) found.add(service.namespace)
  }
  for (const { state } of unwellCustoms(snapshot).values()) found.add(webhookService(state.message)?.namespace ?? '')
  for (const view of snapshot.containers)
    for (const line of snapshot.log(view, false)?.slice(-50) ?? [])
      if (line.includes('failed calling webhook')) found.add(webhookService(line)?.namespace ?? '')
  found.delete('')
  for (const namespace of await winners(eyes, snapshot)) found.add(namespace)
  if (snapshot.events.some((e) => /max (?:node group|cluster) (?:size|limit)|max limit reached/.test(e.message))) found.add('kube-system')
  for (const by of new Set(takings(snapshot).map((e) => e.by.split('/').at(-1)!.toLowerCase())))
    for (const namespace of await namespacesTold(eyes, by)) found.add(namespace)
  if (snapshot.all('Pod').some(lacksRoom)) for (const namespace of await namespacesOf(eyes, bringsNodes)) found.add(namespace)
  for (const name of waitedFor(snapshot)) {
    if (name === DEFAULT_SCHEDULER) found.add('kube-system')
    else for (const namespace of await namespacesTold(eyes, name)) found.add(namespace)
  }
  return [...found].sort()
}

/** Where the pods are for which others were taken away. */
async function winners(eyes: Eyes, snapshot: Snapshot): Promise<string[]> {
  if (!snapshot.all('Pod').some((p) => p.status?.phase === 'Pending' && !p.spec?.nodeName)) return []
  const known = new Set(snapshot.all('Pod').map((p) => p.metadata.uid))
  const sought = new Map<string, string>()
  for (const { reason, message } of snapshot.events) {
    const [, uid = '', node = ''] = (reason === 'Preempted' && PREEMPTED.exec(message)) || []
    if (uid && !known.has(uid) && (sought.has(uid) || sought.size < MAX_SOUGHT)) sought.set(uid, node)
  }
  const pods = await Promise.all([...new Set(sought.values())].map((node) => eyes.peek('Pod', { 'spec.nodeName': node })))
  return pods.flat().flatMap(({ metadata }) => (sought.has(metadata.uid ?? '') ? [metadata.namespace ?? ''] : []))
}

const lacksRoom = (pod: KubeObject): boolean =>
  !pod.spec?.nodeName && /Insufficient|Too many pods|didn't match|free ports/.test(condition(pod, 'PodScheduled')?.message ?? '')

/** Namespaces of Deployments that are such. */
const namespacesOf = async (eyes: Eyes, isSuch: (workload: KubeObject) => boolean): Promise<string[]> =>
  (await eyes.peek('Deployment'))
    .filter(isSuch)
    .map(({ metadata }) => metadata.namespace ?? '')
    .slice(0, MAX_SOUGHT)

/** Names of schedulers and provisioners that have not answered. */
function waitedFor(snapshot: Snapshot): string[] {
  const names = new Set<string>()
  const isOld = (o: KubeObject, ms: number): boolean => snapshot.now - (time(o.metadata.creationTimestamp) ?? snapshot.now) > ms
  for (const pod of snapshot.all('Pod'))
    if (pod.status?.phase === 'Pending' && !pod.spec?.nodeName && !condition(pod, 'PodScheduled') && isOld(pod, 60_000))
      names.add(pod.spec?.schedulerName ?? DEFAULT_SCHEDULER)
  for (const claim of snapshot.all('PersistentVolumeClaim'))
    if (
      claim.status?.phase === 'Pending' &&
      isOld(claim, 300_000) &&
      snapshot.eventsOf(claim).some((e) => e.reason === 'ExternalProvisioning')
    ) {
      const provisioner = snapshot.get('StorageClass', null, claim.spec?.storageClassName ?? '')?.['provisioner']
      if (typeof provisioner === 'string') names.add(provisioner)
    }
  return [...names].sort().slice(0, MAX_SOUGHT)
}

/** Namespaces of workloads that are told a name by an argument or variable. */
export async function namespacesTold(eyes: Eyes, name: string): Promise<string[]> {
  const lists = await Promise.all((['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'] as const).map((kind) => eyes.peek(kind)))
  return lists
    .flat()
    .filter((workload) =>
      (podSpecOf(workload)?.containers ?? []).some((c: any) =>
        [c.image ?? '', ...(c.command ?? []), ...(c.args ?? []), ...(c.env ?? []).map((e: any) => e.value ?? '')].some((text) =>
          holdsWord(String(text), name),
        ),
      ),
    )
    .map(({ metadata }) => metadata.namespace ?? '')
    .slice(0, MAX_SOUGHT)
}
