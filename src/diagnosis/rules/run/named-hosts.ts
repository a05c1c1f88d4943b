import type { KubeObject } from '#cluster'
import { isCertainlyInCluster, serviceOfHost } from '../../snapshot/hosts.ts'
import type { Setting } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/**
 * Where a program is told to connect, for log lines that name nobody ("Name or service not known"): settings that are addresses by their
 * form (a URL, host:port) or by their name (`DB_HOST`, `host = "…"` in a file), held against the Services that there are.
 */
export interface NamedHost {
  setting: Setting
  host: string
  port: number | null
  wanted: { namespace: string; name: string }
  service: KubeObject | undefined
}

const HOST = String.raw`[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*`
const URL = new RegExp(String.raw`\b[a-z][a-z0-9+.-]{1,20}:(?:[a-z]{2,12}:)?\/\/(?:[^\s/@"']{1,100}@)?(${HOST})(?::(\d{2,5}))?`, 'gi')
const PAIR = new RegExp(String.raw`(?:^|[\s,="'\[])(${HOST}):(\d{2,5})(?=$|[\s,"'\]/;])`, 'gi')
/** `host = "x"`, `server: x`, `addr=x`: in files and connection strings. */
const KEYED = new RegExp(
  String.raw`(?:^|[\s;,{"'_.-])(?:host(?:s|name)?|server|address|addr|endpoint|broker|upstream|data source)["']?\s*[:=]\s*["']?(?:tcp:)?(${HOST})(?:[:,](\d{2,5}))?(?=$|[\s"',;}])`,
  'gim',
)
const IS_ADDRESS = /(?:^|_|-|\.)(?:HOST(?:S|NAME)?|ADDR(?:ESS(?:ES)?)?|SERVERS?|ENDPOINTS?|BROKERS?|UPSTREAM|SERVICE)$/i
const WHOLE = new RegExp(`^(${HOST})(?::(\\d{2,5}))?$`, 'i')
const MAX_TEXT = 20_000

/** Hosts that look like Services, in the order of the settings, each once. */
export function namedHosts(snapshot: Snapshot, settings: readonly Setting[], namespace: string): NamedHost[] {
  const found = new Map<string, NamedHost>()
  for (const setting of settings) {
    for (const { host, port } of addressesIn(setting)) {
      const wanted = serviceOfHost(host, namespace)
      if (!wanted || !/[a-z]/i.test(host)) continue
      const service = snapshot.get('Service', wanted.namespace, wanted.name)
      if (!service && !isCertainlyInCluster(host)) continue
      const key = `${host}:${port ?? ''}`
      if (!found.has(key)) found.set(key, { setting, host, port, wanted, service })
    }
  }
  return [...found.values()]
}

function addressesIn({ name, value, origin }: Setting): { host: string; port: number | null }[] {
  const text = value.slice(0, MAX_TEXT)
  const whole = IS_ADDRESS.test(name) && origin !== 'file' ? [...text.trim().matchAll(new RegExp(WHOLE, 'gi'))] : []
  return [...text.matchAll(URL), ...text.matchAll(PAIR), ...text.matchAll(KEYED), ...whole].map((m) => ({
    host: m[1]!.toLowerCase(),
    port: m[2] ? Number(m[2]) : null,
  }))
}

/** Named, and no Service: only where all Services of the namespace are known. */
export const unknownHosts = (snapshot: Snapshot, hosts: readonly NamedHost[]): NamedHost[] =>
  hosts.filter((h) => !h.service && snapshot.has('Service', h.wanted.namespace))

/** Named with a port that the Service does not serve. A headless one has no ports of its own. */
export const unservedPorts = (hosts: readonly NamedHost[]): NamedHost[] =>
  hosts.filter(({ service, port }) => {
    const ports: any[] = service?.spec?.ports ?? []
    return (
      service !== undefined &&
      port !== null &&
      service.spec?.clusterIP !== 'None' &&
      ports.length > 0 &&
      !ports.some((p) => p.port === port)
    )
  })
