import { open, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, posix, sep } from 'node:path'
import { InputError, errorText } from '#kit/errors'
import { startUnpacking, tooMany, wanted } from './archive-entry.ts'
import type { BundleFile, BundleLimits } from './bundle-file.ts'
import { unpackTar } from './tar.ts'
import { unpackZip } from './zip.ts'

/** Deeper folders than this are not a bundle. */
const MAX_DEPTH = 24

/** The files of a folder, of a .tar, .tar.gz or .tgz, or of a .zip; the format is read off the content, not the name. */
export async function readBundleFiles(path: string, oddities: string[], limits: BundleLimits): Promise<BundleFile[]> {
  const kind = await stat(path).catch((error: unknown) => {
    throw new InputError(`cannot read the bundle ${path}: ${errorText(error)}`, {
      remedy: 'Name a folder, a .tar.gz or a .zip that exists.',
    })
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
  const isGzip = head[0] === 0x1f && head[1] === 0x8b
  const isZip = ['PK\x03\x04', 'PK\x05\x06'].includes(head.toString('latin1', 0, 4))
  if (!isGzip && !isZip && head.toString('latin1', 257, 262) !== 'ustar') {
    throw new InputError(`${basename(path)} is neither a folder nor a tar or zip archive`, {
      remedy: 'Name a folder, a .tar, a .tar.gz, a .tgz or a .zip.',
    })
  }
  const unpacking = startUnpacking(path, oddities, limits)
  await (isZip ? unpackZip(path, oddities, unpacking) : unpackTar(path, isGzip, unpacking))
  return unpacking.files
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
