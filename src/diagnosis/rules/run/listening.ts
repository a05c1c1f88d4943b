import type { ContainerView } from '../../snapshot/containers.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Draft } from '../rule.ts'

/** Whether a port is one of TLS: by its name or number, or because the program says so. */
export function speaksTls(snapshot: Snapshot, view: ContainerView, port: unknown): boolean {
  const declared = (view.spec.ports ?? []).find((p: any) => p.name === port || p.containerPort === port)
  if (/https|tls|ssl/i.test(String(declared?.name ?? ''))) return true
  if ([443, 8443, 6443, 9443].includes(Number(declared?.containerPort ?? port))) return true
  return (snapshot.log(view, false) ?? []).some((line) =>
    /\b(?:listen|serv|start)\w*\b.{0,40}\b(?:https|tls|ssl)\b|TLS handshake error/i.test(line),
  )
}

const LISTENING =
  /\b(?:listen(?:ing|s)?|serving|started|running|ready|bound|accepting connections|server)\b[^\n]{0,60}?(?:(?:port(?:\(s\))?:?|on|at|:)\s*)(?:(?:https?|tcp):\/\/)?(?:\[?[\w.:*-]*\]?:)?(\d{2,5})\b(?![.:]\d)/i

/** A line about a call that went wrong names the other side's port. */
const CALLING =
  /\b(?:connect\w* to|fail\w*|refused|cannot|could not|unable|ECONN\w+|ETIMEDOUT|ENOTFOUND|timed? ?out|down|[45]\d\d)\b|\bdial\b/i

/** Ports that the program's own log says it listens on. */
export function listeningPorts(snapshot: Snapshot, view: ContainerView): { port: number; said: Draft }[] {
  const found: { port: number; said: Draft }[] = []
  for (const previous of [false, true]) {
    for (const line of snapshot.log(view, previous) ?? []) {
      const port = CALLING.test(line) ? 0 : Number(LISTENING.exec(line)?.[1] ?? 0)
      if (port === 0 || port > 65_535 || found.some((f) => f.port === port)) continue
      const ref = `log/${logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, previous)}`
      found.push({ port, said: { source: 'log', ref, text: line.trim() } })
    }
    if (found.length > 0) break
  }
  return found
}

/** What a program says that lets nobody in from outside its pod. */
const LOCAL_ONLY =
  /\blocal[ -]only\b|\b(?:listen\w*|bound|binding|serving|accepting connections|server|started|running)\b[^\n]{0,60}?(?:\b127\.0\.0\.1|\blocalhost|\[::1\]|["' ]::1)(?::(\d{2,5}))?|\bonly (?:accept\w*|from|allow\w*|be possible)\b[^\n]{0,60}\b(?:localhost|this machine|loopback)/i

/** The line by which a program says that it listens on the loopback address only, unless it names other ports alone. */
export function localOnly(snapshot: Snapshot, view: ContainerView, port: number): Draft | null {
  for (const line of snapshot.log(view, false) ?? []) {
    const match = CALLING.test(line) ? null : LOCAL_ONLY.exec(line)
    if (!match || (match[1] !== undefined && Number(match[1]) !== port)) continue
    const ref = `log/${logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, false)}`
    return { source: 'log', ref, text: line.trim() }
  }
  return null
}
