import type { ContainerView } from '../../snapshot/containers.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { listeningPorts, speaksTls } from './listening.ts'
import { atWork } from './probe-work.ts'
import type { Draft } from '../rule.ts'

export type ProbeKind = 'liveness' | 'readiness' | 'startup'

/** What a failing probe's message means beside what the container declares and says. */
export interface ProbeVerdict {
  says: string
  /** Field below the probe; null: the probe as a whole. */
  field: string | null
  directness: number
  open: boolean
  tokens: string[]
  evidence: Draft[]
}

export function judgeProbe(snapshot: Snapshot, view: ContainerView, kind: ProbeKind, message: string): ProbeVerdict {
  const probe = view.spec[`${kind}Probe`] ?? {}
  const action = ['httpGet', 'tcpSocket', 'grpc', 'exec'].find((name) => probe[name]) ?? 'httpGet'
  const verdict = (
    says: string,
    field: string | null,
    directness: number,
    open = false,
    tokens: string[] = [],
    evidence: Draft[] = [],
  ): ProbeVerdict => ({ says, field, directness, open, tokens, evidence })

  const work = kind === 'readiness' ? null : atWork(snapshot, view)
  const impatient = (): ProbeVerdict =>
    verdict(
      'the kubelet ends it in the middle of the work that it starts with',
      kind === 'liveness' ? 'initialDelaySeconds' : 'failureThreshold',
      0.84,
      false,
      [],
      work ? [work] : [],
    )

  if (action === 'exec') {
    const program = /exec: "([^"]+)": (?:executable file not found|stat |no such file|permission denied)/i.exec(message)?.[1]
    const at = (probe.exec?.command ?? []).indexOf(program)
    if (at >= 0) return verdict(`its command ${program} cannot be executed in the container`, `exec.command[${at}]`, 0.9)
    if (/executable file not found|no such file or directory|permission denied|not found/i.test(message))
      return verdict('its command cannot be executed in the container', 'exec.command', 0.88)
    if (work) return impatient()
    if (/timed out|deadline exceeded/i.test(message)) return verdict('its command does not end in time', 'timeoutSeconds', 0.5, true)
    return verdict(`its command says: ${after(message)}`, 'exec.command', 0.4, true)
  }
  if (/server gave HTTP response to HTTPS client/i.test(message))
    return verdict('it asks by HTTPS, and the server speaks HTTP', 'httpGet.scheme', 0.92)
  if (/malformed HTTP (?:response|status code)|HTTP request was sent to HTTPS|sent to an HTTPS server/i.test(message))
    return verdict('it asks by HTTP, and the server speaks HTTPS', 'httpGet.scheme', 0.9)

  const status = Number(/statuscode: (\d{3})/i.exec(message)?.[1] ?? 0)
  const path = String(probe.httpGet?.path ?? '/')
  if (status === 404 || status === 405 || status === 410)
    return verdict(`the server does not know ${path} (${status})`, 'httpGet.path', 0.85, false, [path])
  if (status === 401 || status === 403)
    return verdict(`the server refuses ${path} without credentials (${status})`, 'httpGet.path', 0.75, false, [path])
  if (status === 400 && (probe.httpGet?.scheme ?? 'HTTP') === 'HTTP' && speaksTls(snapshot, view, probe.httpGet?.port))
    return verdict('it asks by HTTP (400), and the server speaks HTTPS', 'httpGet.scheme', 0.85)
  if (status === 400 || (status > 300 && status < 400)) return verdict(`the server answers ${path} with ${status}`, 'httpGet', 0.6, true)
  if (work && (status >= 500 || /timeout|deadline exceeded|timed out|Client\.Timeout/i.test(message))) return impatient()
  if (status >= 500) return verdict(`the program itself says on ${path} that it is not well (${status})`, null, 0.35, true)
  if (/no such host|server misbehaving/i.test(message)) return verdict('the host of the probe cannot be resolved', `${action}.host`, 0.85)

  const wanted = probe[action]?.port
  const declared: any[] = view.spec.ports ?? []
  const number = typeof wanted === 'number' ? wanted : declared.find((p) => p.name === wanted)?.containerPort
  const listening = listeningPorts(snapshot, view)
  if (
    /refused|reset by peer|EOF|invalid port|couldn't find port|unable to connect|did not respond|failed to connect|unreachable/i.test(
      message,
    ) ||
    message === ''
  ) {
    if (typeof wanted === 'string' && number === undefined)
      return verdict(`no port of the container is called "${wanted}"`, `${action}.port`, 0.92, false, [wanted])
    const port = String(wanted ?? '')
    const heard = listening.find((l) => l.port === number)
    const other = listening[0]
    if (!heard && other)
      return verdict(
        `nothing listens on port ${number}; the program says that it listens on ${other.port}`,
        `${action}.port`,
        message === '' ? 0.6 : 0.9,
        message === '',
        [port],
        [other.said],
      )
    if (message !== '' && number !== undefined && declared.length > 0 && !declared.some((p) => p.containerPort === number))
      return verdict(
        `nothing listens on port ${number}; the container declares ${declared.map((p) => p.containerPort).join(', ')}`,
        `${action}.port`,
        0.86,
        false,
        [port],
      )
    if (work) return impatient()
    if (message === '') return verdict('it runs and has not become ready', null, 0.3, true)
    if (kind === 'liveness' && !view.spec.startupProbe)
      return verdict(`nothing listens on port ${number ?? port} yet when it is asked`, 'initialDelaySeconds', 0.42, true, [port])
    return verdict(`nothing listens on port ${number ?? port}`, `${action}.port`, 0.4, true, [port])
  }
  if (/timeout|deadline exceeded|timed out|Client\.Timeout/i.test(message))
    return verdict(`the answer does not come within ${probe.timeoutSeconds ?? 1}s`, 'timeoutSeconds', 0.5, true)
  return verdict(after(message), null, 0.35, true)
}

const after = (message: string): string =>
  message
    .replace(/^\w+ probe (?:failed|errored)[^:]*: ?/i, '')
    .trim()
    .slice(0, 200)
