import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { containerSpec, podSpecOf } from '../../snapshot/field-path.ts'
import { callsOf } from '../../snapshot/hosts.ts'
import { hostsNear } from '../run/connections.ts'
import { contradiction, contradictionText } from './contradiction.ts'
import { allSettings, serversOf } from '../run/limit-setting.ts'
import type { Setting } from '../../snapshot/settings.ts'
import { injectedSetting } from './injected.ts'
import { logRule, placeOf } from './log-rule.ts'
import type { Place } from '../rule.ts'
import { peerText } from '../run/peer-setting.ts'
import { staleMaker } from './stale-secret.ts'

const ACCOUNT = /(?:^|_)(?:USER(?:NAME)?|LOGIN|ACCOUNT|PRINCIPAL|CLIENT_ID|ACCESS_KEY_ID)$/i
const speaksOf = (line: string, name: string): boolean => {
  const [first = ''] = name.split('_')
  return first.length >= 3 && line.toLowerCase().includes(first.toLowerCase())
}
/** Files in which servers keep who may come in. */
const ACCOUNTS = /hba|users?(?:list)?|accounts|acl|passwd|definitions/i
const PASSWORD = /pass(?:word|wd|phrase)?$|_(?:pwd|token|secret|key)$/i

/** It is told of a server outside. */
const isOutside = ({ name, value, origin }: Setting): boolean =>
  origin === 'variable' && /(?:HOST|URL|URI|SERVER|ENDPOINT|ADDR(?:ESS)?)$/i.test(name) && /[a-z0-9-]+\.[a-z]{2,}/i.test(value)

const servesItself = (snapshot: Snapshot, service: ObjectRef, workload: KubeObject): boolean =>
  snapshot
    .podsSelected(service.namespace ?? '', snapshot.get('Service', service.namespace, service.name)?.spec?.selector)
    .some((pod) => snapshot.workloadOf(pod) === workload)

export const authenticationFailed = logRule(
  'authentication-failed',
  {
    title: 'Credentials are refused',
    means: 'The other side knows the caller and does not accept its user, password or key.',
    mend: 'Bring the credentials of both sides in line, then restart the caller.',
  },
  (context) => {
    const { snapshot, group, hit, settings, settingWith, field } = context
    const user = hit.groups['token'] ?? hit.groups['token2']
    if (hit.groups['unknown']) {
      const list = [group.workload, ...serversOf(context)]
        .flatMap((server) => allSettings(snapshot, server))
        .find((s) => s.origin === 'file' && (/hba/.test(s.name) ? /hba/.test(hit.line) : ACCOUNTS.test(s.name)))
      if (list)
        return { says: `${list.object.kind} ${list.object.name} does not list user "${user}"`, cause: placeOf(list), directness: 0.75 }
    }
    const injected = injectedSetting(context)
    if (injected) return injected
    const peers = hostsNear(snapshot, group, hit)
    const calls = callsOf(snapshot, group.workload)
      .map((c) => c.service)
      .filter((s) => !servesItself(snapshot, s, group.workload))
    // A server that refuses somebody else is not in trouble itself.
    if (
      !hit.groups['client'] &&
      hit.state === 'well' &&
      calls.length === 0 &&
      peers.every((p) => p.service === null) &&
      !settings.some(isOutside)
    )
      return null
    const blames = (peers.length > 0 ? peers.flatMap((p) => (p.service ? [p.service] : [])) : calls).slice(0, 5)
    const says = `its credentials${user ? ` (user "${user}")` : ''} are refused${peers[0] ? ` by ${peerText(peers[0])}` : ''}`
    const apart = contradiction(context, ['user', 'password'], false)
    if (apart)
      return {
        says: `${says}: ${contradictionText(apart)}`,
        blames,
        cause: placeOf(apart.guilty),
        directness: 0.82,
        alternatives: [{ ...placeOf(apart.other), summary: 'The other end is wrong' }],
      }
    const own = settings.find((s) => s.origin === 'variable' && PASSWORD.test(s.name)) ?? settingWith(user)
    // Of several the one whose name the line speaks of: `SMTP_USER` for an SMTPAuthenticationError.
    const spoken = settings.find((s) => s.origin === 'variable' && ACCOUNT.test(s.name) && speaksOf(hit.line, s.name))
    const setting = own ?? spoken ?? settings.find((s) => s.origin === 'variable' && ACCOUNT.test(s.name))
    const secret = (group.views[0]!.spec.env ?? []).filter((e: any) => e.valueFrom?.secretKeyRef)
    const kept = secret.length === 0 && hit.groups['client'] ? keptIn(group.workload, group.container) : null
    const named = secret.filter((e: any) => speaksOf(hit.line, e.name))
    if (named.length === 1) secret.splice(0, secret.length, ...named)
    const stale = staleMaker(snapshot, group.workload.metadata.namespace ?? null, secret)
    if (stale)
      return {
        says: `${says}, which come from ${stale.object.kind} ${stale.object.name}, and that is not brought up to date`,
        blames,
        cause: stale,
        directness: 0.74,
      }
    if (secret.length === 1)
      return {
        says,
        blames,
        cause: { object: refOf(group.workload), field: field(`env[name=${secret[0].name}]`) },
        directness: 0.6,
        open: true,
      }
    if (kept) return { says, blames, cause: kept, directness: 0.6, open: true }
    return setting ? { says, blames, cause: placeOf(setting), directness: 0.6, open: true } : { says, blames, directness: 0.5, open: true }
  },
)

/** The one Secret that is mounted: a key, a keystore. */
function keptIn(workload: KubeObject, container: string): Place | null {
  const mounted = new Set((containerSpec(workload, container)?.spec.volumeMounts ?? []).map((m: any) => m.name))
  const [only, ...more] = (podSpecOf(workload)?.volumes ?? []).filter((v: any) => mounted.has(v.name) && v.secret?.secretName)
  if (!only || more.length > 0) return null
  const namespace = workload.metadata.namespace ?? null
  return { object: { apiVersion: 'v1', kind: 'Secret', namespace, name: only.secret.secretName }, field: 'data' }
}
