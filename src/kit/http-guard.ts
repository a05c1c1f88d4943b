import { BlockList, isIP } from 'node:net'
import { TerminalError } from './errors.ts'

/**
 * Which addresses a request may reach. Names are judged by what they resolve to, at the moment of connecting, so that a
 * name cannot be harmless when checked and something else when used.
 */
export interface Guard {
  /** Throws a TerminalError when the profile forbids this. `hostname` as in a URL, `address` what it resolved to. */
  check(hostname: string, port: number, address: string): void
}

export interface GuardOptions {
  /**
   * `configured`: an operator or a Workflow's author wrote the address; private networks are normal in a cluster.
   * `untrusted`: a model or an alert chose it; public addresses only, and hosts that are allowed.
   */
  profile: 'configured' | 'untrusted'
  /** `host` or `host:port` that `untrusted` may reach although they are not public. */
  allow?: readonly string[]
  /** `host:port` that are refused in any profile: the API server has its own, narrower way in. */
  refuse?: readonly string[]
}

type Family = 'ipv4' | 'ipv6'
type Range = readonly [net: string, prefix: number, family: Family]

/** Nobody's business in any profile: what hands out a machine's credentials, and addresses that are none. */
const METADATA: readonly Range[] = [
  ['169.254.0.0', 16, 'ipv4'], // link-local: AWS, GCP, Azure, OpenStack, DigitalOcean
  ['168.63.129.16', 32, 'ipv4'], // Azure's wire server
  ['100.100.100.200', 32, 'ipv4'], // Alibaba
  ['192.0.0.192', 32, 'ipv4'], // Oracle
  ['0.0.0.0', 8, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'], // multicast, reserved, broadcast
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'], // AWS
  ['fd20:ce::', 32, 'ipv6'], // GCP
  ['ff00::', 8, 'ipv6'],
  ['::', 128, 'ipv6'],
  // Link-local IPv4 in the disguises of IPv6: IPv4-compatible, NAT64, 6to4. (BlockList itself sees through ::ffff:a.b.c.d.)
  ['::a9fe:0', 112, 'ipv6'],
  ['64:ff9b::a9fe:0', 112, 'ipv6'],
  ['2002:a9fe::', 32, 'ipv6'],
]

/** Not public, after IANA's special-purpose registries. */
const NOT_PUBLIC: readonly Range[] = [
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
]

function blockList(ranges: readonly Range[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix, family] of ranges) list.addSubnet(net, prefix, family)
  return list
}

export function createGuard(options: GuardOptions): Guard {
  const metadata = blockList(METADATA)
  const notPublic = blockList(NOT_PUBLIC)
  const allowed = new Set((options.allow ?? []).map((host) => host.toLowerCase()))
  const refused = new Set((options.refuse ?? []).map((host) => host.toLowerCase()))
  return {
    check(urlHostname, port, rawAddress) {
      const hostname = bare(urlHostname)
      const address = bare(rawAddress)
      const family: Family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
      const where = hostname === address ? address : `${hostname} (${address})`
      if (metadata.check(address, family)) throw new TerminalError(`${where} is a link-local or metadata address and is never asked`)
      if (refused.has(`${hostname}:${port}`) || refused.has(`${address}:${port}`)) {
        throw new TerminalError(`${where} port ${port} is the Kubernetes API server, which is not reached this way`)
      }
      if (options.profile === 'configured' || allowed.has(hostname) || allowed.has(`${hostname}:${port}`)) return
      if (notPublic.check(address, family))
        throw new TerminalError(`${where} is not a public address; an administrator can put ${hostname} on the allow-list`)
    },
  }
}

/** A host without the brackets of an IPv6 literal and without the root's dot, in lower case. */
const bare = (host: string): string =>
  host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
