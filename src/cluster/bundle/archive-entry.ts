import { basename, posix } from 'node:path'
import { InputError, errorText } from '#kit/errors'
import type { BundleFile, BundleLimits } from './bundle-file.ts'

/** One entry of an archive, of whatever format. */
export interface ArchiveEntry {
  name: string
  type: 'file' | 'link' | 'other'
  /** Where a link leads, as a path of the archive; null: not told, or no link. */
  target: string | null
  /** Bytes, unpacked, as the archive says. */
  size: number
  /** Its content, unpacked; asked for at most once, and only for what is kept. */
  open(): Promise<AsyncIterable<Buffer>>
}

/** An archive that is being read: what was found so far, and how much it has unpacked to. */
export interface Unpacking {
  readonly files: BundleFile[]
  take(entry: ArchiveEntry): Promise<void>
  /** Counts bytes that were unpacked; throws when they are too many. */
  count(bytes: number): void
  /** After an error: what was read before it is kept. Throws when that is nothing, or when the input was refused. */
  endEarly(error: unknown): void
}

const TEXT = /\.(json|ya?ml)$/i
const LOG = /\.(log|txt)$/i

/** Whether a file of this name can be a part of a bundle. */
export const wanted = (path: string): boolean => TEXT.test(path) || LOG.test(path)

const leaves = (target: string): boolean => /^(?:[A-Za-z]:)?\//.test(target) || target === '..' || target.startsWith('../')

export function startUnpacking(path: string, oddities: string[], limits: BundleLimits): Unpacking {
  const files: BundleFile[] = []
  let unpacked = 0
  let entries = 0
  const count = (bytes: number): void => {
    unpacked += bytes
    if (unpacked > limits.unpacked) throw tooLarge(path, limits)
  }
  return {
    files,
    count,
    async take(entry) {
      if (++entries > limits.files) throw tooMany(limits)
      const file = await keep(entry, oddities, limits, count)
      if (file) files.push(file)
    },
    endEarly(error) {
      if (error instanceof InputError) throw error
      if (files.length === 0)
        throw new InputError(`cannot read ${basename(path)}: ${errorText(error)}`, { remedy: 'Record the bundle again.' })
      oddities.push(`${basename(path)} ends early (${errorText(error)}): ${files.length} files before that were read.`)
    },
  }
}

export const tooMany = (limits: BundleLimits): InputError =>
  new InputError(`the bundle holds more than ${limits.files} files`, { remedy: 'Name the folder that holds the cluster resources.' })

const tooLarge = (path: string, limits: BundleLimits): InputError =>
  new InputError(`${basename(path)} unpacks to more than ${Math.round(limits.unpacked / 2 ** 20)} MB`, {
    remedy: 'Unpack it and name the folder.',
  })

/** null: nothing that a bundle holds, or nothing that may be read. */
async function keep(
  entry: ArchiveEntry,
  oddities: string[],
  limits: BundleLimits,
  count: (bytes: number) => void,
): Promise<BundleFile | null> {
  const path = posix.normalize(entry.name.replaceAll('\\', '/'))
  if (leaves(path)) {
    oddities.push(`${entry.name} would lie outside the bundle; it was not read.`)
    return null
  }
  if (entry.type === 'link' && entry.target !== null && leaves(entry.target))
    oddities.push(`${path} is a link that leaves the bundle; it was not followed.`)
  if (entry.type !== 'file' || !wanted(path)) return null
  // Too large to parse: kept as a name only, so that whoever wants to read it can say so.
  if (TEXT.test(path) && entry.size > limits.objectFile) return { path, read: async () => null, tail: async () => Buffer.alloc(0) }
  // Of a log only the end is ever asked for.
  const keptBytes = LOG.test(path) ? limits.logTail : Infinity
  const chunks: Buffer[] = []
  let kept = 0
  for await (const chunk of await entry.open()) {
    count(chunk.length)
    chunks.push(chunk)
    kept += chunk.length
    while (kept - chunks[0]!.length >= keptBytes) kept -= chunks.shift()!.length
  }
  const content = Buffer.concat(chunks)
  return {
    path,
    read: async (limit) => (content.length > limit ? null : content),
    tail: async (bytes) => content.subarray(Math.max(0, content.length - bytes)),
  }
}
