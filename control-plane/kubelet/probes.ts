import type { Json } from '../api.ts'
import type { ProbeAnswer } from './behaviours.ts'

export type ProbeType = 'Readiness' | 'Liveness' | 'Startup'

/** When the probes of one type happen during a run, and how the kubelet words a failure. All times in milliseconds from the run's start. */
export interface ProbeTiming {
  first: number
  period: number
  failureThreshold: number
  successThreshold: number
}

export function timingOf(probe: Json): ProbeTiming {
  const period = (probe.periodSeconds ?? 10) * 1000
  const initial = (probe.initialDelaySeconds ?? 0) * 1000
  return {
    // The worker ticks by its period from the container's start and skips what falls into the initial delay.
    first: initial === 0 ? 1000 : Math.ceil(initial / period) * period,
    period,
    failureThreshold: probe.failureThreshold ?? 3,
    successThreshold: probe.successThreshold ?? 1,
  }
}

/** The answer that a program with these ports gives by itself: refused where it does not listen. */
export function answerOf(
  probe: Json,
  container: Json,
  answer: ProbeAnswer | undefined,
  listens: readonly number[] | undefined,
): ProbeAnswer | undefined {
  if (answer) return answer
  const port = portOf(probe, container)
  return listens && port !== undefined && !listens.includes(port) ? { refused: true } : undefined
}

function portOf(probe: Json, container: Json): number | undefined {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  if (typeof port === 'number' || port === undefined) return port
  return container.ports?.find((p: Json) => p.name === port)?.containerPort ?? Number(port)
}

/** `Readiness probe failed: HTTP probe failed with statuscode: 503`, and what Go's net says of refused and timed-out connections. */
export function probeFailure(type: ProbeType, probe: Json, container: Json, podIP: string, answer: ProbeAnswer): string {
  return `${type} probe failed: ${outputOf(probe, container, podIP, answer)}`
}

function outputOf(probe: Json, container: Json, podIP: string, answer: ProbeAnswer): string {
  if ('output' in answer) return answer.output
  if ('status' in answer) return `HTTP probe failed with statuscode: ${answer.status}`
  const seconds = probe.timeoutSeconds ?? 1
  const address = `${podIP}:${portOf(probe, container)}`
  const refused = 'refused' in answer
  if (probe.httpGet) {
    const scheme = (probe.httpGet.scheme ?? 'HTTP').toLowerCase()
    const url = `Get "${scheme}://${address}${probe.httpGet.path ?? '/'}": `
    return (
      url +
      (refused
        ? `dial tcp ${address}: connect: connection refused`
        : 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
    )
  }
  if (probe.tcpSocket) return `dial tcp ${address}: ${refused ? 'connect: connection refused' : 'i/o timeout'}`
  if (probe.grpc) {
    return refused
      ? `timeout: failed to connect service "${address}" within ${seconds}s: context deadline exceeded`
      : `timeout: health rpc did not complete within ${seconds}s`
  }
  return `command timed out: "${(probe.exec?.command ?? []).join(' ')}" timed out after ${seconds}s`
}
