import { createReadStream } from 'node:fs'
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, posix, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { InputError, errorText } from '#kit/errors'

/** One file of a bundle. `path` is relative to the bundle's root, with `/`. */
export interface BundleFile {
  path: string
  /** null when the file is larger than `limit` bytes. */
  read(limit: number): Promise<Buffer | null>
  /** The last `bytes` bytes. */
  tail(bytes: number): Promise<Buffer>
}

/** What a bundle may hold. They defend against bombs and mistakes (`inquest investigate --bundle /`), not against large clusters. */
export interface BundleLimits {
  files: number
  /** Bytes of one file that is parsed. */
  objectFile: number
  /** Bytes kept of the end of a log inside an archive. */
  logTail: number
  /** Bytes that an archive may unpack to, whatever of it is kept. */
  unpacked: number
}

export const BUNDLE_LIMITS: BundleLimits = { files: 100_000, objectFile: 256 << 20, logTail: 4 << 20, unpacked: 4 * 2 ** 30 }

/** Deeper folders than this are not a bundle. */
const MAX_DEPTH = 24
const TEXT = /\.(json|ya?ml)$/i
const LOG = /\.(log|txt)$/i

const wanted = (path: string): boolean => TEXT.test(path) || LOG.test(path)

/** The files of a folder or of a .tar, .tar.gz or .tgz; the format is read off the content, not the name. */
export async function readBundleFiles(path: string, oddities: string[], limits: BundleLimits): Promise<BundleFile[]> {
  const kind = await stat(path).catch((error: unknown) => {
    throw new InputError(`cannot read the bundle ${path}: ${errorText(error)}`, { remedy: 'Name a folder or a .tar.gz that exists.' })
  })
  const files = kind.isDirectory() ? await walkFolder(await realpath(path), oddities, limits) : await unpack(path, oddities, limits)
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

async function walkFolder(root: string, oddities: string[], limits: BundleLimits): Promise<BundleFile[]> {
  const files: BundleFile[] = []
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) return void oddities.push(`${folder} lies deeper than ${MAX_DEPTH} folders and was not read.`)
    const entries = await readdir(join(root, folder), { withFileTypes: true })
    for (const entry of entries) {
      const path = posix.join(folder, entry.name)
      if (entry.isSymbolicLink()) await noteLink(root, path, oddities)
      else if (entry.isDirectory()) await (entry.name === '.git' || entry.name === 'node_modules' ? undefined : walk(path, depth + 1))
      else if (entry.isFile() && wanted(path)) {
        if (files.length >= limits.files) throw tooMany(limits)
        files.push(diskFile(join(root, path), path))
      }
    }
  }
  await walk('', 0)
  return files
}

/** A link's target inside the root is walked in its own place; one that leaves the root is never followed. */
async function noteLink(root: string, path: string, oddities: string[]): Promise<void> {
  const target = await realpath(join(root, path)).catch(() => null)
  if (target !== null && target !== root && !target.startsWith(root + sep))
    oddities.push(`${path} is a link that leaves the bundle; it was not followed.`)
}

const tooMany = (limits: BundleLimits): InputError =>
  new InputError(`the bundle holds more than ${limits.files} files`, { remedy: 'Name the folder that holds the cluster resources.' })

const tooLarge = (path: string, limits: BundleLimits): InputError =>
  new InputError(`${basename(path)} unpacks to more than ${Math.round(limits.unpacked / 2 ** 20)} MB`, {
    remedy: 'Unpack it and name the folder.',
  })

function diskFile(path: string, relative: string): BundleFile {
  return {
    path: relative,
    read: async (limit) => ((await stat(path)).size > limit ? null : readFile(path)),
    tail: async (bytes) => {
      const handle = await open(path)
      try {
        const { size } = await handle.stat()
        const start = Math.max(0, size - bytes)
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    },
  }
}

async function unpack(path: string, oddities: string[], limits: BundleLimits): Promise<BundleFile[]> {
  const head = await headOf(path)
  const gzip = head[0] === 0x1f && head[1] === 0x8b
  if (!gzip && head.toString('latin1', 257, 262) !== 'ustar') {
    throw new InputError(`${basename(path)} is neither a folder nor a tar archive`, {
      remedy: 'Name a folder, a .tar, a .tar.gz or a .tgz.',
    })
  }
  const entries = extract()
  // `pipeline` destroys every part when one fails, which is how a truncated or broken archive ends the loop below.
  const source = createReadStream(path)
  if (gzip) pipeline(source, createGunzip(), entries, () => {})
  else pipeline(source, entries, () => {})

  const files: BundleFile[] = []
  let unpacked = 0
  let count = 0
  try {
    for await (const entry of entries as AsyncIterable<Entry>) {
      if (++count > limits.files) throw tooMany(limits)
      const file = await readEntry(entry, oddities, limits, (bytes) => {
        unpacked += bytes
        if (unpacked > limits.unpacked) throw tooLarge(path, limits)
      })
      if (file) files.push(file)
    }
  } catch (error) {
    if (error instanceof InputError || files.length === 0) {
      if (error instanceof InputError) throw error
      throw new InputError(`cannot read ${basename(path)}: ${errorText(error)}`, { remedy: 'Record the bundle again.' })
    }
    oddities.push(`${basename(path)} ends early (${errorText(error)}): ${files.length} files before that were read.`)
  }
  return files
}

async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** A symbolic link is relative to where it lies, a hard link to the archive's root. */
const targetOf = (path: string, type: 'symlink' | 'link', linkname: string): string =>
  linkname.startsWith('/') ? linkname : posix.join(type === 'link' ? '.' : posix.dirname(path), linkname)

/** An entry of tar-stream's iterator, whose own type is not exported. */
type Entry = AsyncIterable<Buffer> & { header: Header }

async function readEntry(
  entry: Entry,
  oddities: string[],
  limits: BundleLimits,
  count: (bytes: number) => void,
): Promise<BundleFile | null> {
  const { name, type, linkname, size = 0 } = entry.header
  const path = posix.normalize(name.replaceAll('\\', '/'))
  const leaves = (target: string): boolean => target.startsWith('/') || target === '..' || target.startsWith('../')
  let keep = type === 'file' && wanted(path)
  if (leaves(path)) {
    oddities.push(`${name} would lie outside the bundle; it was not read.`)
    keep = false
  } else if ((type === 'symlink' || type === 'link') && linkname && leaves(targetOf(path, type, linkname))) {
    oddities.push(`${path} is a link that leaves the bundle; it was not followed.`)
  }
  // Too large to parse: kept as a name only, so that whoever wants to read it can say so.
  const hollow = keep && TEXT.test(path) && size > limits.objectFile
  // Of a log only the end is ever asked for.
  const keptBytes = LOG.test(path) ? limits.logTail : Infinity
  const chunks: Buffer[] = []
  let kept = 0
  for await (const chunk of entry) {
    count(chunk.length)
    if (!keep || hollow) continue
    chunks.push(chunk)
    kept += chunk.length
    while (kept - chunks[0]!.length >= keptBytes) kept -= chunks.shift()!.length
  }
  if (!keep) return null
  const content = Buffer.concat(chunks)
  return {
    path,
    read: async (limit) => (hollow || content.length > limit ? null : content),
    tail: async (bytes) => content.subarray(Math.max(0, content.length - bytes)),
  }
}
