import type { KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { refOf } from '#cluster'
import { podSpecOf } from './field-path.ts'
import { settingsOf, type Setting } from './settings.ts'
import { servicesAt } from './public-hosts.ts'
import type { Snapshot } from './snapshot.ts'

/** A host as a program names it, with what a cluster makes of it. */
export interface Host {
  host: string
  port: number | null
}

/** A Service that a host means in a namespace: its name and namespace, whether or not it exists. null for an outside address. */
export function serviceOfHost(host: string, namespace: string): { namespace: string; name: string } | null {
  const match = /^([a-z]([-a-z0-9]{0,61}[a-z0-9])?)(?:\.([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(?:\.svc(?:\.[-a-z0-9.]+)?)?)?\.?$/.exec(
    host.toLowerCase(),
  )
  if (!match || match[1] === 'localhost') return null
  return { name: match[1]!, namespace: match[3] ?? namespace }
}

/** `name.ns.svc` needs no proof that `ns` is a namespace; `name.ns` might as well be a domain such as `example.com`. */
export const isCertainlyInCluster = (host: string): boolean => /^[a-z0-9-]+$|\.svc(\.|$)/.test(host.toLowerCase())

const HOST =
  /(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@"'=,]{1,100}@)?((?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*)(?::(\d{2,5}))?/gi

const MAX_TEXT = 20_000

/** What could be a host in a value, in order. A bare word counts: whether it is a Service is for the caller to say. */
export function hostsIn(text: string): Host[] {
  const hosts = new Map<string, Host>()
  for (const match of text.slice(0, MAX_TEXT).matchAll(HOST)) {
    const [, host, port] = match
    if (!host || /^\d+$/.test(host)) continue
    hosts.set(`${host}:${port ?? ''}`, { host: host.toLowerCase(), port: port ? Number(port) : null })
  }
  return [...hosts.values()]
}

/** A Service that a workload calls, with the setting that says so. */
export interface Call {
  service: ObjectRef
  container: string
  port: number | null
  setting: Setting
}

/** Names of variables whose bare word is a user, a database, a queue: not a host, even if a Service is called so. */
const NO_HOST =
  /(?:^|_)(?:USER(?:NAME)?|LOGIN|ROLE|DATABASE|DB|DB_?NAME|KEYSPACE|SCHEMA|PASS(?:WORD|WD)?|TOPIC|QUEUE|BUCKET|REALM|TENANT|NAME|MODE|ENV(?:IRONMENT)?)$/i

/** Names of variables that say where the program itself is called, or by whom. */
const OF_ITS_OWN = /CORS|ORIGIN|REDIRECT|CALLBACK|PUBLIC|BASE_?URL|ROOT_?URL|SELF|EXTERNAL|DOMAIN|SITE|FRONTEND|ALLOWED|HOSTNAME|REFERER/i

/** Services that exist and that a workload's settings name. */
export function callsOf(snapshot: Snapshot, workload: KubeObject): Call[] {
  const namespace = workload.metadata.namespace ?? ''
  const calls = new Map<string, Call>()
  for (const container of containersIn(workload)) {
    for (const setting of settingsOf(snapshot, workload, container)) {
      if (NO_HOST.test(setting.name) && /^[\w-]*$/.test(setting.value)) continue
      for (const { host, port } of hostsIn(setting.value)) {
        const named = serviceOfHost(host, namespace)
        const service = named && snapshot.get('Service', named.namespace, named.name)
        if (!service && !OF_ITS_OWN.test(setting.name))
          for (const outer of servicesAt(snapshot, host))
            if (!calls.has(`${outer.namespace}/${outer.name}`))
              calls.set(`${outer.namespace}/${outer.name}`, { service: outer, container, port: null, setting })
        if (service && !calls.has(`${named.namespace}/${named.name}`))
          calls.set(`${named.namespace}/${named.name}`, { service: refOf(service), container, port, setting })
      }
    }
  }
  return [...calls.values()]
}

export const containersIn = (workload: KubeObject): string[] =>
  [...(podSpecOf(workload)?.initContainers ?? []), ...(podSpecOf(workload)?.containers ?? [])].map((c: any) => c.name)
