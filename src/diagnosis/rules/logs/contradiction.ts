import { callsOf } from '../../snapshot/hosts.ts'
import { namedSettings } from '../../snapshot/named-settings.ts'
import { holdsWord, type Setting } from '../../snapshot/settings.ts'
import { allSettings, isChanged } from '../run/limit-setting.ts'
import type { LogContext } from './log-rule.ts'

/** What a caller and a server must both be told alike. */
type Role = 'user' | 'password' | 'database' | 'vhost' | 'set'

interface Fact {
  role: Role
  value: string
  setting: Setting
}

/** The caller was told something else than the server that it calls. */
export interface Contradiction {
  role: Role
  caller: Fact
  server: Fact
  /** The end that was changed; the caller's where neither or both were. */
  guilty: Setting
  other: Setting
}

const URL = /\b([a-z][a-z0-9+.-]*):(?:[a-z]+:)?\/\/(?:([^\s:/@"']*)(?::([^\s@"']*))?@)?[\w.,:-]+(?:\/([^\s?"'/]*))?(?:\?([^\s"']*))?/gi
/** Names in words, of variables, flags and keys. */
const NAMES: readonly [Role, RegExp][] = [
  ['password', /(?:^| )(?:pass|password|passwd|pwd)$/],
  ['user', /(?:^| )(?:user|username|user name|login)$/],
  ['vhost', /(?:^| )(?:vhost|virtual host)$/],
  ['database', /(?:^| )(?:db|database|dbname|db name|database name|initdb database)$/],
  ['set', /(?:^| )(?:replica set|replica set name|repl set|repl set name|replset|master name|master set|sentinel monitor)$/],
]
const WORD = /^["']?([\w.$!#%&*+-]{2,80})["']?(?:\s|$)/
/** What a server is told of its own administrator is none of its callers' business. */
const OF_ADMIN = /\b(?:root|admin|super|replication|repl|exporter|monitor)\b(?! (?:name|set))/

function factsOf(settings: readonly Setting[]): Fact[] {
  const named = namedSettings(settings).flatMap(({ words, value, setting }): Fact[] => {
    const role = NAMES.find(([, pattern]) => pattern.test(words))?.[0]
    const word = WORD.exec(value)?.[1]
    return role && word && !(role !== 'set' && OF_ADMIN.test(words)) ? [{ role, value: word, setting }] : []
  })
  const inUrls = settings.flatMap((setting) =>
    [...setting.value.slice(0, 20_000).matchAll(URL)].flatMap(([, scheme = '', user, password, path, query]): Fact[] => {
      if (/^(?:https?|grpc|tcp|redis|rediss)$/i.test(scheme)) return []
      const set = /(?:^|&)replicaSet=([\w.-]+)/.exec(query ?? '')?.[1]
      const pairs: [Role, string | undefined][] = [
        ['user', user],
        ['password', password],
        [/^amqps?$/i.test(scheme) ? 'vhost' : 'database', path],
        ['set', set],
      ]
      return pairs.flatMap(([role, value]) => (value ? [{ role, value: decode(value), setting }] : []))
    }),
  )
  return [...named, ...inUrls]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Where both ends are readable and disagree about one of `roles`. With `isSaid` the line must repeat the caller's value: then it is what the
 * server does not know.
 */
export function contradiction(
  { snapshot, group, settings, hit }: LogContext,
  roles: readonly Role[],
  isSaid: boolean,
): Contradiction | null {
  const own = factsOf(settings).filter((f) => roles.includes(f.role) && (!isSaid || holdsWord(hit.around.join('\n'), f.value)))
  if (own.length === 0) return null
  for (const { service } of callsOf(snapshot, group.workload)) {
    const pods = snapshot.podsSelected(service.namespace ?? '', snapshot.get('Service', service.namespace, service.name)?.spec?.selector)
    for (const server of new Set(pods.map((pod) => snapshot.workloadOf(pod)))) {
      if (server === group.workload) continue
      const theirs = factsOf(allSettings(snapshot, server))
      for (const caller of own) {
        const same = theirs.filter((f) => f.role === caller.role)
        if (same.length === 0 || same.some((f) => f.value === caller.value)) continue
        const server = same.find((f) => isChanged(snapshot, f.setting)) ?? same[0]!
        const isTheirs = isChanged(snapshot, server.setting) && !isChanged(snapshot, caller.setting)
        return {
          role: caller.role,
          caller,
          server,
          guilty: isTheirs ? server.setting : caller.setting,
          other: isTheirs ? caller.setting : server.setting,
        }
      }
    }
  }
  return null
}

/** `its database is "orders", and Deployment db has "order"`; never a password. */
export function contradictionText({ role, caller, server }: Contradiction): string {
  const what = role === 'set' ? 'replica set' : role
  const where = `${server.setting.object.kind} ${server.setting.object.name}`
  return role === 'password'
    ? `its password is not the one of ${where}`
    : `its ${what} is "${caller.value}", and ${where} has "${server.value}"`
}
