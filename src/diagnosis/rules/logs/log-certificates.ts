import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { changesOf } from '../../snapshot/changes.ts'
import { entry, podSpecOf } from '../../snapshot/field-path.ts'
import { callsOf, containersIn } from '../../snapshot/hosts.ts'
import { hostsNear } from '../run/connections.ts'
import { serversOf } from '../run/limit-setting.ts'
import { keyLost } from './log-files.ts'
import { logRule, placeOf } from './log-rule.ts'
import { mountOf } from '../start/mounts.ts'
import { peerText, settingOf } from '../run/peer-setting.ts'
import type { Place } from '../rule.ts'

/** The ConfigMap or Secret that a certificate's file is made of. */
function certificateFile(workload: KubeObject, container: string, path: string | undefined): Place | null {
  const mount = path ? mountOf(workload, container, path) : undefined
  const name = mount?.configMap ?? mount?.secret
  if (!mount || !name || !path) return null
  const kind = mount.configMap ? 'ConfigMap' : 'Secret'
  const object: ObjectRef = { apiVersion: 'v1', kind, namespace: workload.metadata.namespace ?? null, name }
  return { object, field: entry('data', mount.key ?? path.slice(path.lastIndexOf('/') + 1)) }
}

/** The Secret that the server takes its certificate from. */
function certificateOf(servers: readonly KubeObject[]): Place | null {
  for (const server of servers)
    for (const volume of podSpecOf(server)?.volumes ?? []) {
      const name: unknown = volume.secret?.secretName
      if (typeof name === 'string' && /tls|cert|ssl|pki|issuer|keystore|(?:^|-)ca(?:-|$)/i.test(`${name} ${volume.name}`))
        return {
          object: { apiVersion: 'v1', kind: 'Secret', namespace: server.metadata.namespace ?? null, name },
          field: entry('data', 'tls.crt'),
        }
    }
  return null
}

/** One side speaks TLS, HTTP/2 or HTTP/1.1, and the other does not. */
const OTHER_PROTOCOL =
  /first record does not look|wrong version number|RECORD_TOO_LARGE|HTTP response to HTTPS|looked like an HTTP|malformed HTTP response|HTTP version|HTTP\/0\.9|PRI \* HTTP|Expected HTTP\/, RTSP|unrecognized SSL message/i
const isUntrusted = (line: string): boolean =>
  /unknown authority|unable to get (?:local )?issuer|self.signed|PKIX|verify the first/i.test(line)
/** A setting that names the authorities that are trusted. */
const AUTHORITY = /(?:^|[-_.])(?:CA|CACERTS?|ROOTS?|TRUST\w*|CERTS)(?:$|[-_.=])/i
/** A file of authorities that are trusted. */
const TRUST = /(?:^|[-_.])(?:ca|root|trust|bundle|chain)[\w-]*(?:[-_.][\w-]+)*\.(?:crt|pem|cer)$/i

export const certificateInvalid = logRule(
  'certificate-invalid',
  {
    title: 'A TLS certificate is refused',
    means: 'A certificate has expired, is signed by an unknown authority, is for another name, or one side does not speak TLS at all.',
    mend: 'Renew the certificate, give the program the right CA, or use the right scheme and name.',
  },
  (context) => {
    const { snapshot, group, hit } = context
    const peer = hostsNear(snapshot, group, hit)[0]
    const setting = peer && settingOf(context, peer)
    const plain = OTHER_PROTOCOL.test(hit.line)
    const says = `${plain ? 'the other side speaks another protocol' : 'a TLS certificate is refused'}${peer ? ` (${peerText(peer)})` : ''}`
    const blames = peer?.service ? [peer.service] : []
    const file = certificateFile(group.workload, group.container, hit.groups['path'])
    if (file) return { says: `the certificate ${hit.groups['path']} has expired or is not valid yet`, cause: file, directness: 0.88 }
    // A server hears from its callers that they refuse its certificate; a caller says that the server's has expired.
    const isOwn =
      /remote error: tls: (?:bad|expired|unknown|revoked) certificate|alert (?:(?:bad|expired) certificate|certificate (?:expired|unknown|revoked)|unknown ca)/i.test(
        hit.line,
      )
    // Who ends at its own start over an expired certificate, and names nobody else, has read its own.
    const isRead = hit.state === 'crashing' && !peer && /expired/i.test(hit.line)
    const theirs = isOwn || isRead ? certificateOf([group.workload]) : /expired/i.test(hit.line) ? certificateOf(serversOf(context)) : null
    if (theirs) return { says, cause: theirs, directness: isOwn ? 0.6 : 0.8 }
    // Nothing of the caller's own was changed: what it trusts did not follow.
    const trusted =
      changesOf(snapshot, group.workload).length === 0 && isUntrusted(hit.line)
        ? context.settings.find((s) => s.origin === 'file' && TRUST.test(s.name))
        : undefined
    const told = isUntrusted(hit.line) ? context.settings.filter((s) => s.origin !== 'file' && AUTHORITY.test(s.name || s.value)) : []
    const lost = told.flatMap((s) => [...s.value.matchAll(/\/[\w./@-]+/g)].map((m) => keyLost(context, m[0]))).find((t) => t !== null)
    if (lost) return lost
    if (trusted) return { says, blames, cause: placeOf(trusted), directness: 0.62, open: true }
    if (told[0] && told.length === 1 && !trusted) return { says, blames, cause: placeOf(told[0]), directness: 0.6, open: true }
    if (setting && (plain || /valid for|match/i.test(hit.line))) return { says, blames, cause: placeOf(setting), directness: 0.8 }
    const called = callsOf(snapshot, group.workload)
    const [only] = called.filter((c) => called.length === 1 || /grpc|tls|https/i.test(`${c.setting.name} ${c.setting.value}`))
    if (plain && only && !peer) return { says, blames: [only.service], cause: placeOf(only.setting), directness: 0.68 }
    return {
      says,
      blames,
      cause: { object: refOf(group.workload), field: null },
      directness: containersIn(group.workload).length > 0 ? 0.55 : 0.5,
      open: true,
    }
  },
)
