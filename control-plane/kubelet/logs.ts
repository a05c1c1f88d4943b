import { createHash } from 'node:crypto'
import type { TimedBehaviour } from './behaviours.ts'
import { type ContainerLife, type Run, stateAt } from './life.ts'

export interface Line {
  at: number
  text: string
}

/** Of a line that repeats for days only the end is made; a node rotates its logs, too. */
const REPEATS = 400

/** What one run of a container has written by now, oldest first. `seed` (the pod) keeps replicas from writing the very same. */
function linesOf(run: Run, behaviours: readonly TimedBehaviour[], now: number, seed: string): Line[] {
  const lines: Line[] = []
  for (const { logs = [], since, until } of behaviours) {
    const base = Math.max(run.start, since)
    const end = Math.min(run.end, until, now)
    for (const { after, every, text } of logs) {
      const first = base + after * 1000 + (every ? hash(seed + text) % (every * 1000) : hash(seed) % 90)
      const last = every ? Math.floor((end - first) / (every * 1000)) : 0
      for (let n = Math.max(0, last - REPEATS); n <= last; n++) {
        const at = first + n * (every ?? 0) * 1000 + jitter(seed + text, n, every)
        if (at > end) break
        lines.push(
          ...fill(text, at, n, seed)
            .split('\n')
            .map((text) => ({ at, text })),
        )
      }
    }
  }
  return lines.sort((a, b) => a.at - b.at)
}

/** Nothing in a cluster happens on the whole second. */
function jitter(text: string, n: number, every: number | undefined): number {
  return every ? hash(`${text}/${n}`) % Math.min(900, every * 500) : 0
}

const hash = (text: string) => createHash('md5').update(text).digest().readUInt32LE()

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function fill(text: string, at: number, n: number, seed: string): string {
  const time = new Date(at).toISOString()
  const values: Record<string, string> = {
    time,
    date: time.slice(0, 19).replaceAll('-', '/').replace('T', ' '),
    clock: time.slice(11, 23),
    utc: `${time.slice(0, 19)}Z`,
    pg: `${time.slice(0, 10)} ${time.slice(11, 23)}`,
    klog: `${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}${String(hash(seed + at) % 1000).padStart(3, '0')}`,
    port: String(32_768 + (hash(`${seed}${text}${at}port`) % 28_000)),
    day: time.slice(0, 10),
    log4j: time.slice(0, 23).replace('T', ' ').replace('.', ','),
    clf: `${time.slice(8, 10)}/${MONTHS[new Date(at).getUTCMonth()]}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`,
    epoch: (at / 1000).toFixed(3),
    n: String(n + 1),
    ms: String(2 + (hash(`${seed}${text}${n}`) % 88)),
    id: createHash('md5').update(`${seed}${text}${at}`).digest('hex').slice(0, 16),
  }
  return text.replace(/\{(time|date|clock|utc|pg|klog|day|log4j|clf|epoch|port|n|ms|id)\}/g, (_, name: string) => values[name] ?? '')
}

/** As the kubelet answers: the lines, or why there are none, in its words. */
export function logOf(
  names: { pod: string; container: string },
  life: ContainerLife | undefined,
  behaviours: readonly TimedBehaviour[],
  previous: boolean,
  now: number,
): Line[] | { error: string } {
  const which = `container "${names.container}" in pod "${names.pod}"`
  if (!life) return { error: `${which} is not available` }
  const { state } = stateAt(life, now)
  const run = previous ? state.last : state.kind === 'waiting' ? state.last : state.run
  if (run) return linesOf(run, behaviours, now, names.pod)
  if (previous) return { error: `previous terminated ${which} not found` }
  const reason = state.kind === 'waiting' ? state.reason : ''
  if (reason === 'ErrImagePull') return { error: `${which} is waiting to start: image can't be pulled` }
  if (reason === 'ImagePullBackOff') return { error: `${which} is waiting to start: trying and failing to pull image` }
  return { error: `${which} is waiting to start: ${reason}` }
}
