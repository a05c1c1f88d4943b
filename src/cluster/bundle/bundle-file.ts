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
