import { tailOf } from '../log-tail.ts'
import { LOG_LIMIT_BYTES, type LogRequest } from '../reader.ts'
import type { BundleFile } from './bundle-file.ts'

/**
 * Where a bundle keeps the log of a container. Names are all there is to go by, and every tool has its own:
 *
 * - troubleshoot.sh `pods/logs/<ns>/<pod>/<container>[-previous].log`, its log collectors `<any>/<pod>[/<container>][-previous].log`;
 * - `kubectl cluster-info dump`: `<ns>/<pod>/logs.txt`, all containers in one file between START and END lines;
 * - must-gather: `namespaces/<ns>/pods/<pod>/<container>/<container>/logs/{current,previous}.log`;
 * - a node's disk: `var/log/pods/<ns>_<pod>_<uid>/<container>/<restart>.log`, each line after a time, a stream and a tag.
 */
interface LogFile {
  file: BundleFile
  /** null: the path does not say. */
  namespace: string | null
  pod: string
  /** null: all of the pod's containers, or its only one. */
  container: string | null
  previous: boolean
  format: 'plain' | 'sections' | 'cri'
  /** Of a node's disk: which run of the container. */
  run?: number
}

export interface LogIndex {
  /** The end of a log; null when it is not there. `alone`: the pod has no other container, so a file that names none is of this one. */
  read(request: LogRequest, alone: boolean): Promise<string | null>
  readonly size: number
}

/** `isNamespace` tells a namespace's folder from a collector's. */
export function indexLogs(files: readonly BundleFile[], isNamespace: (name: string) => boolean): LogIndex {
  const byPod = new Map<string, LogFile[]>()
  for (const file of files) {
    for (const log of readings(file)) {
      const known = byPod.get(log.pod)
      if (known) known.push(log)
      else byPod.set(log.pod, [log])
    }
  }
  for (const logs of byPod.values()) tellRuns(logs)
  return {
    size: files.length,
    async read({ namespace, pod, container, previous, tailLines, limitBytes = LOG_LIMIT_BYTES }, alone) {
      const fits = (byPod.get(pod) ?? []).filter(
        (log) =>
          log.previous === previous &&
          (log.container === container || (log.container === null && (alone || log.format === 'sections'))) &&
          (log.namespace === namespace || log.namespace === null || !isNamespace(log.namespace)),
      )
      const best = fits.sort((a, b) => score(b, namespace) - score(a, namespace))[0]
      if (!best) return null
      const text = await textOf(best, container, limitBytes)
      return text === null ? null : tailOf(text, tailLines, limitBytes)
    },
  }
}

const score = (log: LogFile, namespace: string): number =>
  (log.namespace === namespace ? 4 : 0) + (log.container === null ? 0 : 2) + (log.format === 'plain' ? 1 : 0)

const NAME = '([^/]+)'
const MUST_GATHER = new RegExp(`(?:^|/)namespaces/${NAME}/pods/${NAME}/${NAME}/${NAME}/logs/(current|previous)\\.log$`)
const NODE_DISK = new RegExp(`(?:^|/)([^/_]+)_([^/_]+)_[^/]+/${NAME}/(\\d+)\\.log$`)
const DUMP = new RegExp(`(?:^|/)${NAME}/${NAME}/logs\\.txt$`)
const PLAIN = /^(?:(?:.*\/)?([^/]+)\/)?([^/]+)\/([^/]+?)((?:[-._])previous)?\.(?:log|txt)$/

/** What a path may mean; more than one when it could be `<ns>/<pod>/<container>.log` as well as `<any>/<ns>/<pod>.log`. */
function readings(file: BundleFile): LogFile[] {
  const { path } = file
  const gathered = MUST_GATHER.exec(path)
  if (gathered) {
    const [, namespace = '', pod = '', container = '', , which] = gathered
    return [{ file, namespace, pod, container, previous: which === 'previous', format: 'plain' }]
  }
  const disk = NODE_DISK.exec(path)
  if (disk) {
    const [, namespace = '', pod = '', container = '', run] = disk
    return [{ file, namespace, pod, container, previous: false, format: 'cri', run: Number(run) }]
  }
  const dump = DUMP.exec(path)
  if (dump) return [{ file, namespace: dump[1]!, pod: dump[2]!, container: null, previous: false, format: 'sections' }]
  const plain = PLAIN.exec(path)
  if (!plain) return []
  const [, grandparent = null, parent = '', name = '', previousMark] = plain
  const previous = previousMark !== undefined
  return [
    { file, namespace: grandparent, pod: parent, container: name, previous, format: 'plain' },
    { file, namespace: parent, pod: name, container: null, previous, format: 'plain' },
  ]
}

/** On a node's disk the newest run is the current one and the one before it the previous; older ones are out of kubectl's reach. */
function tellRuns(logs: LogFile[]): void {
  const runs = logs.filter((log) => log.run !== undefined).sort((a, b) => b.run! - a.run!)
  const seen = new Map<string, number>()
  for (const log of runs) {
    const key = `${log.namespace}/${log.container}`
    const place = seen.get(key) ?? 0
    seen.set(key, place + 1)
    log.previous = place === 1
    if (place > 1) logs.splice(logs.indexOf(log), 1)
  }
}

/** A file that holds several containers is read up to this size. */
const SECTIONS_BYTES = 64 << 20

async function textOf(log: LogFile, container: string, limitBytes: number): Promise<string | null> {
  switch (log.format) {
    case 'plain':
      return (await log.file.tail(limitBytes + 1)).toString()
    case 'cri':
      // Time, stream and tag take some 50 bytes a line of the file.
      return (await log.file.tail(limitBytes * 2)).toString().replaceAll(/^\S+ (?:stdout|stderr) [FP] /gm, '')
    case 'sections':
      return sectionOf((await log.file.tail(SECTIONS_BYTES)).toString(), container)
  }
}

function sectionOf(text: string, container: string): string | null {
  const start = text.indexOf(`==== START logs for container ${container} of pod `)
  if (start < 0) return null
  const body = text.slice(text.indexOf('\n', start) + 1)
  const end = body.indexOf(`==== END logs for container ${container} of pod `)
  return end < 0 ? body : body.slice(0, end)
}
