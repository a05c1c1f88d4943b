import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Api, ApiError, type Json, type KubeObject } from '../control-plane/api.ts'
import { NodeAgents } from '../control-plane/kubelet/node-agents.ts'
import { serveNodes } from '../control-plane/kubelet/server.ts'
import type { ControlPlane } from '../control-plane/start.ts'

/** What a test's program does in its container. */
export interface Program {
  /** The container cannot be made: as the kubelet says it. */
  waits?: { reason: string; message: string }
  /** Printed at once, each a line. */
  lines?: readonly string[]
  /** Megabytes of lines beyond those. */
  megabytes?: number
  /** When it ends; default at once, and never for `never`. */
  until?: Promise<unknown>
  never?: boolean
  exitCode?: number
  reason?: string
}

export interface JobKubelet {
  /** By the image; asked when its pod comes to the node. */
  programs: Map<string, Program>
  /** Every pod that it ever ran. */
  ran: { name: string; image: string; pod: KubeObject }[]
  stop(): Promise<void>
}

const NODE = { name: 'worker-1', ip: '10.30.0.1' }
const LINE = 'a line of the log that is long enough to be believed, and says nothing new at all, again and again, for ever and ever'
const BATCH = 8_192

/**
 * A kubelet in real time for pods of Jobs: the cluster's own scheduler and controllers do the rest. It plays programs, serves their logs as
 * they grow (`follow`, `timestamps`, `sinceTime`), and lets pods go that are deleted.
 */
export async function startJobKubelet(plane: ControlPlane): Promise<JobKubelet> {
  const api = new Api(plane.url, plane.token, plane.caFile, 'kubelet/v1.36.3 (linux/amd64) kubernetes/')
  const agents = new NodeAgents(api, [NODE], new Map())
  const stop = new AbortController()
  const running = new Map<string, { program: Program; startedAt: number; ended: Promise<void> }>()
  const kubelet: JobKubelet = {
    programs: new Map(),
    ran: [],
    async stop() {
      clearInterval(heartbeat)
      stop.abort()
      await stopServing()
      await api.close()
    },
  }

  const stopServing = await serveNodes({
    certFile: plane.caFile,
    keyFile: plane.keyFile,
    socket: plane.nodeSocket,
    isUp: (ip) => ip === NODE.ip,
    admits: () => null,
    dir: plane.dir,
    logs({ namespace, pod, container }) {
      const one = running.get(`${namespace}/${pod}`)
      if (!one) return { error: `container "${container}" in pod "${pod}" is waiting to start` }
      return (params, response) => void print(one, params, response).catch(() => response.destroy())
    },
  })

  async function print(
    { program, startedAt, ended }: { program: Program; startedAt: number; ended: Promise<void> },
    params: URLSearchParams,
    response: ServerResponse,
  ): Promise<void> {
    response.setMaxListeners(0).writeHead(200, { 'content-type': 'text/plain' })
    const since = Date.parse(params.get('sinceTime') ?? '') || 0
    let n = 0
    const line = (text: string): string => {
      const at = startedAt + Math.floor(n / 1_000)
      const nanos = String((n++ % 1_000) * 1_000).padStart(6, '0')
      // Of whole seconds, as the API server passes it on.
      if (at < Math.floor(since / 1_000) * 1_000) return ''
      return `${params.get('timestamps') ? `${new Date(at).toISOString().slice(0, -1)}${nanos}Z ` : ''}${text}\n`
    }
    response.write((program.lines ?? []).map(line).join(''))
    const many = Math.floor(((program.megabytes ?? 0) << 20) / (LINE.length + 1))
    for (let done = 0; done < many; done += BATCH) {
      const text = Array.from({ length: Math.min(BATCH, many - done) }, () => line(LINE)).join('')
      if (text && !response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')])
      if (response.destroyed) return
    }
    if (params.get('follow') === 'true') await Promise.race([ended, once(response, 'close')])
    response.end()
  }

  const status = async (pod: KubeObject, phase: string, state: object): Promise<void> => {
    const { name, namespace } = pod.metadata
    const { name: container, image } = pod.spec.containers[0]
    const containerStatuses = [{ name: container, image, imageID: '', ready: 'running' in state, restartCount: 0, state }]
    const podIPs = { podIP: '10.244.0.9', podIPs: [{ ip: '10.244.0.9' }], hostIP: NODE.ip, startTime: new Date().toISOString() }
    const own = { status: { phase, ...podIPs, containerStatuses } }
    await api.merge(`/api/v1/namespaces/${namespace}/pods/${name}/status`, own).catch(ignoreMissing)
  }

  async function play(pod: KubeObject): Promise<void> {
    const { name, namespace } = pod.metadata
    const { image } = pod.spec.containers[0]
    const program = kubelet.programs.get(image) ?? {}
    kubelet.ran.push({ name, image, pod })
    if (program.waits) return status(pod, 'Pending', { waiting: program.waits })
    const startedAt = Date.now()
    const ended = Promise.withResolvers<void>()
    running.set(`${namespace}/${name}`, { program, startedAt, ended: ended.promise })
    await status(pod, 'Running', { running: { startedAt: new Date(startedAt).toISOString() } })
    if (program.never) return
    await program.until
    ended.resolve()
    const exitCode = program.exitCode ?? 0
    const reason = program.reason ?? (exitCode === 0 ? 'Completed' : 'Error')
    const times = { startedAt: new Date(startedAt).toISOString(), finishedAt: new Date().toISOString() }
    await status(pod, exitCode === 0 ? 'Succeeded' : 'Failed', { terminated: { exitCode, reason, ...times } })
  }

  async function follow(): Promise<void> {
    const played = new Set<string>()
    for await (const { type, object } of api.watch(`/api/v1/pods?fieldSelector=spec.nodeName=${NODE.name}`, stop.signal)) {
      const { uid, name, namespace, deletionTimestamp } = object.metadata
      if (type === 'DELETED') running.delete(`${namespace}/${name}`)
      else if (deletionTimestamp) {
        const options: Json = { gracePeriodSeconds: 0, preconditions: { uid } }
        await api.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, options).catch(ignoreMissing)
      } else if (!played.has(uid!)) {
        played.add(uid!)
        play(object).catch(() => undefined)
      }
    }
  }

  await agents.start(Date.now())
  const heartbeat = setInterval(() => void agents.renewLeases().catch(() => undefined), 5_000)
  follow().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  return kubelet
}

/** It was deleted in the meantime. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error
}
