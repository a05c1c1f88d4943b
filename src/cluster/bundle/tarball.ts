import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** A .tgz of a bounded size that is being written. It is complete, or it is not there. */
export interface Tarball {
  /** Adds a file; false, and nothing added, when it would make the archive too large. */
  add(name: string, content: string): Promise<boolean>
  /** Ends the archive and puts it in its place; its size in bytes. */
  finish(): Promise<number>
  /** Throws away what was written. */
  discard(): Promise<void>
}

/** What gzip may hold back before it is written, the end of the archive and its last small files. */
const RESERVE = 192 << 10

/** `maxBytes` counts what lies on the disk, compressed. Only the user may read the file: redaction is good, not certain. */
export function createTarball(path: string, maxBytes: number, mtime: Date): Tarball {
  const tar = pack()
  let written = 0
  const counter = new PassThrough().on('data', (chunk: Buffer) => void (written += chunk.length))
  const part = `${path}.part`
  const done = pipeline(tar, createGzip(), counter, createWriteStream(part, { mode: 0o600 }))
  // An error of the disk is told by the next `add` or by `finish`; until then nobody waits for it.
  done.catch(() => {})
  const put = (name: string, content: string): Promise<void> =>
    Promise.race([
      done.then(() => {
        throw new Error(`${part} ended early`)
      }),
      new Promise<void>((resolve, reject) => {
        tar.entry({ name, mtime, mode: 0o644 }, content, (error) => (error ? reject(error) : resolve()))
      }),
    ])

  return {
    async add(name, content) {
      const room = maxBytes - written - RESERVE
      // Only near the limit is it worth knowing how small the file gets.
      if (content.length > room && gzipSync(content).length > room) return false
      await put(name, content)
      return true
    },
    async finish() {
      tar.finalize()
      await done
      await rename(part, path)
      return written
    },
    async discard() {
      tar.destroy()
      await done.catch(() => {})
      await rm(part, { force: true })
    },
  }
}
