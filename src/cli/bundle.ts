import { existsSync } from 'node:fs'
import { openLiveCluster, recordBundle, type Recording } from '#cluster'
import { InputError } from '#kit/errors'
import { slug } from '#kit/ids'
import type { Io } from './io.ts'
import { createProgress } from './progress.ts'
import { shorten } from './table.ts'

export interface BundleOptions {
  namespace?: string
  kubeconfig?: string
  context?: string
  output?: string
  maxSize: string
}

/** `inquest bundle`: records a support bundle of a live cluster. Its path goes to standard output, everything else to people. */
export async function bundle(options: BundleOptions, io: Io): Promise<void> {
  const maxBytes = bytesOf(options.maxSize)
  const progress = createProgress(io)
  try {
    progress.status('connecting to the cluster')
    const reader = await openLiveCluster(options)
    try {
      const path = options.output ?? nameFor(reader.title, await reader.now())
      if (existsSync(path))
        throw new InputError(`${path} is there already`, { field: '--output', remedy: 'Name another file, or move this one away.' })
      const recording = await recordBundle(reader, path, {
        namespace: options.namespace,
        maxBytes,
        signal: io.signal,
        onProgress: (text) => progress.status(text),
      })
      progress.done()
      tell(recording, path, io)
    } finally {
      await reader.close()
    }
  } finally {
    progress.done()
  }
}

const nameFor = (title: string, now: Date): string =>
  `support-bundle-${slug(title.replace(/^context /, ''))}-${now.toISOString().slice(0, 19).replaceAll(':', '_')}.tgz`

function tell({ bytes, objects, kinds, logs, missing }: Recording, path: string, io: Io): void {
  io.out(`${path}\n`)
  io.err(`${sizeText(bytes)}: ${objects} objects of ${kinds} kinds, ${logs} logs. Secrets without their values; the rest redacted.\n`)
  for (const [what, why] of missing) io.err(`Could not read ${what}: ${shorten(why, io.columns)}\n`)
  io.err(`Look at it: inquest investigate --bundle ${path}\n`)
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 }
/** Below this not even the nodes and pods of a small cluster fit. */
const LEAST = 1e6

/** `50MB`, `1Gi`, `2000000` → bytes. */
export function bytesOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmg]?i?)b?$/i.exec(text.trim()) ?? []
  const bytes = Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN)
  if (amount !== '' && bytes >= LEAST && bytes <= 16e9) return bytes
  throw new InputError(`"${text}" is not a size`, { field: '--max-size', remedy: 'Give a number with MB or GB, from 1MB to 16GB.' })
}

const sizeText = (bytes: number): string => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`)
