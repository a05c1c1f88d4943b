import type { KubeObject } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { touches } from '../../snapshot/field-path.ts'
import { callsOf, containersIn } from '../../snapshot/hosts.ts'
import { namedSettings, settingsCalled, type NamedSetting } from '../../snapshot/named-settings.ts'
import { isKind } from '../../snapshot/kinds.ts'
import { settingsOf, type Setting } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { hostsNear } from './connections.ts'
import type { LimitWord } from '../logs/limit-word.ts'
import { LIMITS } from '../logs/limit-words.ts'
import type { LogContext } from '../logs/log-rule.ts'

/** The limit that a line speaks of. */
export const limitIn = (line: string): LimitWord | undefined => LIMITS.find(({ pattern }) => pattern.test(line))

/** A setting with what speaks for it. */
export interface Chosen extends NamedSetting {
  wasChanged: boolean
}

/**
 * The setting that a text calls by its name, or that holds the limit which it speaks of; one that was changed since it was made, first. The
 * order of the settings decides between equals.
 */
export function chosenSetting(
  snapshot: Snapshot,
  settings: readonly Setting[],
  text: string,
  word: LimitWord | undefined,
): Chosen | undefined {
  const found = [
    ...(word ? namedSettings(settings).filter(({ words }) => word.setting.test(words)) : []),
    ...settingsCalled(settings, text),
  ]
  const chosen = found.map((named) => ({ ...named, wasChanged: isChanged(snapshot, named.setting) }))
  return chosen.find((c) => c.wasChanged) ?? chosen[0]
}

/** Whether a roll-out or an edit touched it. */
export function isChanged(snapshot: Snapshot, { object: { kind, namespace, name }, field }: Setting): boolean {
  const object = isKind(kind) ? snapshot.get(kind, namespace, name) : undefined
  return object !== undefined && [...changesOf(snapshot, object), ...editsOf(object)].some((c) => touches(c.field, field))
}

/** The workloads on the other end: those that the line names, else all that the caller calls. */
export function serversOf({ snapshot, group, hit }: LogContext): KubeObject[] {
  const named = hostsNear(snapshot, group, hit).flatMap((p) => (p.service ? [p.service] : p.behind))
  const services = named.length > 0 ? named : callsOf(snapshot, group.workload).map((c) => c.service)
  const servers = services.flatMap((s) =>
    snapshot
      .podsSelected(s.namespace ?? '', snapshot.get('Service', s.namespace, s.name)?.spec?.selector)
      .map((pod) => snapshot.workloadOf(pod)),
  )
  return [...new Set(servers)].filter((server) => server !== group.workload)
}

/** The claim that holds a server's data, when it has one. */
export const claimOf = (snapshot: Snapshot, server: KubeObject): KubeObject | undefined =>
  snapshot
    .podsOf(server)
    .flatMap((pod) => (pod.spec?.volumes ?? []).map((v: any) => v.persistentVolumeClaim?.claimName))
    .map((name) => (typeof name === 'string' ? snapshot.get('PersistentVolumeClaim', server.metadata.namespace ?? null, name) : undefined))
    .find((claim) => claim !== undefined)

export const allSettings = (snapshot: Snapshot, workload: KubeObject): Setting[] =>
  containersIn(workload).flatMap((container) => settingsOf(snapshot, workload, container))
