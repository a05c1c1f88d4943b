import { errorText } from '#kit/errors'
import type { Unpacking } from './archive-entry.ts'

/** Of Unix' file types, in the upper half of the attributes: the mask, and a symbolic link. */
const TYPE_MASK = 0o170000
const SYMLINK = 0o120000

/**
 * Reads a zip archive by its directory, which stands at its end: a truncated one cannot be read at all. Names are judged where those of a tar
 * are (archive-entry.ts), so that one that leaves the bundle is named and the rest is read.
 */
export async function unpackZip(path: string, oddities: string[], unpacking: Unpacking): Promise<void> {
  const { getFileNameLowLevel, openPromise } = await import('yauzl')
  try {
    // decodeStrings would end the reading at the first bad name.
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false })
    try {
      for await (const entry of zip.eachEntry()) {
        const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
        const isLink = ((entry.externalFileAttributes >>> 16) & TYPE_MASK) === SYMLINK
        if (!entry.canDecodeFileData()) {
          oddities.push(`${name} is ${entry.isEncrypted() ? 'encrypted' : 'packed in a way that is not known'}; it was not read.`)
          continue
        }
        await unpacking.take({
          name,
          // Where a link leads is its content, which nobody follows.
          type: isLink ? 'link' : /[/\\]$/.test(name) ? 'other' : 'file',
          target: null,
          size: entry.uncompressedSize,
          open: () => zip.openReadStreamPromise(entry),
        })
      }
    } finally {
      zip.close()
    }
  } catch (error) {
    unpacking.endEarly(/end of central directory/i.test(errorText(error)) ? new Error('the zip archive is cut off') : error)
  }
}
