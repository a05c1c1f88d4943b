import { refOf, type KubeObject } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { containersOf, isReady, type ContainerView } from '../../snapshot/containers.ts'
import { containerField } from '../../snapshot/field-path.ts'
import { namedSettings } from '../../snapshot/named-settings.ts'
import { settingsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { hostsNear } from './connections.ts'
import { listeningPorts, localOnly } from './listening.ts'
import { hitsOf } from '../logs/log-lines.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Draft, type Place, type Rule, type Seen } from '../rule.ts'

export const listensElsewhere: Rule = {
  id: 'listens-elsewhere',
  title: 'A program that looks well does not listen where it is called',
  means:
    'Callers are refused although the pods behind the Service are ready: the program listens on the loopback address only, or on another port than the Service sends to.',
  looksAt: 'Callers that are refused, and what the program behind their Service says, or is told, of where it listens.',
  mend: 'Have it listen on all addresses and on the port that its Service sends to.',
  look: (snapshot) => {
    const seen = new Map<string, Seen>()
    for (const hit of hitsOf(snapshot, 'cannot-connect')) {
      if (!/refused/i.test(hit.data.line)) continue
      for (const peer of hostsNear(snapshot, hit, hit.data)) {
        const service = peer.service && snapshot.get('Service', peer.service.namespace, peer.service.name)
        const found = service && judge(snapshot, service, peer.port, hit.data.evidence)
        if (found) seen.set(`${found.on.namespace}/${found.on.name}`, found)
      }
    }
    return [...seen.values()]
  },
}

const LOOPBACK = /^["']?(?:tcp:\/\/|https?:\/\/)?(?:127\.0\.0\.1|localhost|\[?::1\]?)(?::(\d+))?["']?$/i
const IS_LISTENING =
  /\b(?:listen|bind|bound|interface)|^(?:(?:server|http|web|grpc|app) )?(?:host|hostname|address|addr|ip)$|^network host$/

/** Who is behind a port of a Service. */
export interface Listener {
  workload: KubeObject
  view: ContainerView
  target: number
}

/** `port` null: the Service's first. */
export function listenerAt(snapshot: Snapshot, service: KubeObject, port: number | null): Listener | null {
  const pod = snapshot.podsSelected(service.metadata.namespace ?? '', service.spec?.selector).find(isReady)
  const entry = (service.spec?.ports ?? []).find((p: any) => port === null || p.port === port)
  if (!pod || !entry) return null
  const workload = snapshot.workloadOf(pod)
  const wanted = entry.targetPort ?? entry.port
  const views = containersOf(pod).filter((v) => !v.init)
  const view =
    views.find((v) => (v.spec.ports ?? []).some((p: any) => p.name === wanted || p.containerPort === wanted)) ??
    (views.length === 1 ? views[0]! : null)
  if (!view) return null
  const declared = (view.spec.ports ?? []).find((p: any) => p.name === wanted)?.containerPort
  return { workload, view, target: Number(declared ?? wanted) }
}

function judge(snapshot: Snapshot, service: KubeObject, port: number | null, refused: Draft): Seen | null {
  const at = listenerAt(snapshot, service, port)
  return at && (onLoopback(snapshot, at, refused) ?? onOtherPort(snapshot, at, refused))
}

/** It lets in nobody from outside its pod. `refused` shows that somebody tried. */
export function onLoopback(snapshot: Snapshot, { workload, view, target }: Listener, refused: Draft): Seen | null {
  const settings = settingsOf(snapshot, workload, view.name)
  const told = namedSettings(settings).find(({ words, value }) => {
    const match = LOOPBACK.exec(value)
    return match && (match[1] === undefined || Number(match[1]) === target) && IS_LISTENING.test(words)
  })?.setting
  const said = localOnly(snapshot, view, target)
  if (!told && !said) return null
  const image = containerField(workload, view.name, 'image')
  const files = settings.filter((s) => s.origin === 'file')
  const place: Place =
    told ?? (files.length === 1 ? files[0]! : { object: refOf(workload), field: containerField(workload, view.name, 'args') })
  const isNewer = changesOf(snapshot, workload).some((c) => c.field === image)
  return {
    ...base(workload, view, `listens on the loopback address only, so that nobody reaches port ${target}`),
    evidence: [refused, ...(said ? [said] : []), ...(told ? [fromObject(workload, `${told.field} = ${told.value.slice(0, 120)}`)] : [])],
    cause: { object: place.object, field: place.field },
    directness: told ? (said ? 0.93 : 0.86) : 0.8,
    alternatives: isNewer ? [{ object: refOf(workload), field: image, summary: 'The new version listens on less by default' }] : [],
    recommendations: [advise(`Have ${workload.metadata.name} listen on all addresses, in ${place.field}`, refused.text.slice(0, 200))],
  }
}

function onOtherPort(snapshot: Snapshot, { workload, view, target }: Listener, refused: Draft): Seen | null {
  const settings = settingsOf(snapshot, workload, view.name)
  const ports = listeningPorts(snapshot, view)
  const heard = ports[0]
  if (!heard || Number.isNaN(target) || ports.some((p) => p.port === target)) return null
  const told = settings.find((s) => s.origin !== 'file' && new RegExp(`(?:^|\\D)${heard.port}(?:\\D|$)`).test(s.value))
  const file = settings.filter((s) => s.origin === 'file' && new RegExp(`(?:^|\\D)${heard.port}(?:\\D|$)`).test(s.value))
  const place = told ?? (file.length === 1 ? file[0]! : null)
  return {
    ...base(workload, view, `listens on port ${heard.port}, and its Service sends to ${target}`),
    evidence: [refused, heard.said],
    cause: place
      ? { object: place.object, field: place.field }
      : { object: refOf(workload), field: containerField(workload, view.name, 'ports') },
    directness: place ? 0.8 : 0.6,
  }
}

const base = (workload: KubeObject, view: ContainerView, says: string) => ({
  on: refOf(workload),
  failure: 'call' as const,
  container: view.name,
  severity: 'critical' as const,
  summary: `Container ${view.name} of ${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} ${says}`,
})
