import { refOf, type KubeObject } from '#cluster'
import { entry, podField, podSpecOf } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CLOUD_IDENTITY } from '../../snapshot/well-known.ts'
import type { Place } from '../rule.ts'
import { logRule, placeOf } from './log-rule.ts'
import type { Setting } from '../../snapshot/settings.ts'

export const privilegeMissing = logRule(
  'privilege-missing',
  {
    title: 'An account may not do what the program asks of a server',
    means:
      'The database, broker or cloud knows the account and accepts its password, but it may not do this: the wrong account is set, or it was never given the right.',
    mend: 'Use the account that may (owners of tables change them), or grant the right on the server.',
  },
  ({ hit, group, settings, settingWith, field, snapshot }) => {
    const user = hit.groups['user'] ?? hit.groups['user2']
    const what = hit.groups['token'] ?? hit.groups['token2']
    const says = `its account${user ? ` "${user}"` : ''} may not do what it asks${what ? ` (${what.trim()})` : ''}`
    const own = user || settings.some((s) => STATIC.test(s.name)) || !CLOUD.test(hit.line) ? null : cloudIdentity(snapshot, group.workload)
    if (own) return { says: `${says}: ${own.says}`, cause: own.cause, directness: FEDERATED.test(hit.line) ? 0.84 : 0.72 }
    const setting = settingWith(user) ?? settings.find(isAccount) ?? settings.find((s) => AUTHORITY.test(s.value))
    if (setting) return { says, cause: placeOf(setting), directness: 0.82 }
    const secret = (group.views[0]!.spec.env ?? []).find((e: any) => e.valueFrom?.secretKeyRef && ACCOUNT.test(e.name))
    const account = (group.views[0]!.spec.env ?? []).find((e: any) => e.valueFrom?.secretKeyRef && /URL|DSN|URI|KEY/i.test(e.name))
    const held = secret ?? account
    return held
      ? { says, cause: { object: refOf(group.workload), field: field(`env[name=${held.name}]`) }, directness: 0.7 }
      : { says, directness: 0.5, open: true }
  },
)

const CLOUD = /AccessDenied|not authorized to perform|does not have \S+ access|AuthorizationPermissionMismatch/
const FEDERATED = /WebIdentity|[Ff]ederat|workload ?identity/i
/** With keys of its own it does not come as its ServiceAccount. */
const STATIC = /ACCESS_KEY|SECRET_KEY|APPLICATION_CREDENTIALS|CLIENT_SECRET/

/** As whom it comes to a cloud: what its ServiceAccount is annotated with, when anybody's in its namespace is. */
function cloudIdentity(snapshot: Snapshot, workload: KubeObject): { says: string; cause: Place } | null {
  const name = podSpecOf(workload)?.serviceAccountName ?? 'default'
  const namespace = workload.metadata.namespace ?? null
  const keyOf = (o: KubeObject | undefined): string | undefined => CLOUD_IDENTITY.find((key) => o?.metadata.annotations?.[key])
  const account = snapshot.get('ServiceAccount', namespace, name)
  const key = keyOf(account)
  if (account && key)
    return {
      says: `ServiceAccount ${name} stands for ${account.metadata.annotations![key]}`,
      cause: { object: refOf(account), field: entry('metadata.annotations', key) },
    }
  const other = snapshot.all('ServiceAccount', namespace).find(keyOf)
  return other
    ? {
        says: `it runs as ServiceAccount ${name}, which stands for nobody there; ${other.metadata.name} does`,
        cause: { object: refOf(workload), field: podField(workload, 'serviceAccountName') },
      }
    : null
}

const ACCOUNT = /(?:^|_)(?:USER(?:NAME)?|LOGIN|ROLE|ACCOUNT|PRINCIPAL|PGUSER)$|^PGUSER$|ACCESS_KEY_ID$/i
const isAccount = ({ name, origin }: Setting): boolean => origin === 'variable' && ACCOUNT.test(name)
/** A user within a URL, or `user=` in a connection string. */
const AUTHORITY = /:\/\/[^\s/@:]+(?::[^\s@]*)?@|\buser(?: ?id|name)?=/i
