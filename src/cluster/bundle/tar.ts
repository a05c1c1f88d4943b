import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import type { Unpacking } from './archive-entry.ts'

/** An entry of tar-stream's iterator, whose own type is not exported. */
type TarEntry = AsyncIterable<Buffer> & { header: Header }

/** Reads a tar archive from its beginning: a truncated one gives what it held. */
export async function unpackTar(path: string, isGzip: boolean, unpacking: Unpacking): Promise<void> {
  const entries = extract()
  // `pipeline` destroys every part when one fails, which is how a truncated or broken archive ends the loop below.
  const source = createReadStream(path)
  if (isGzip) pipeline(source, createGunzip(), entries, () => {})
  else pipeline(source, entries, () => {})
  try {
    for await (const entry of entries as AsyncIterable<TarEntry>) {
      const { name, type, size = 0 } = entry.header
      let opened = false
      await unpacking.take({
        name,
        type: type === 'file' ? 'file' : type === 'symlink' || type === 'link' ? 'link' : 'other',
        target: targetOf(entry.header),
        size,
        open: async () => {
          opened = true
          return entry
        },
      })
      // The next entry begins where this one ends.
      if (!opened) for await (const chunk of entry) unpacking.count(chunk.length)
    }
  } catch (error) {
    unpacking.endEarly(error)
  }
}

/** A symbolic link is relative to where it lies, a hard link to the archive's root. */
function targetOf({ name, type, linkname }: Header): string | null {
  if (!linkname || (type !== 'symlink' && type !== 'link')) return null
  return linkname.startsWith('/') ? linkname : posix.join(type === 'link' ? '.' : posix.dirname(posix.normalize(name)), linkname)
}
