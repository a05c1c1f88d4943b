import type { Registry } from '#kinds/registry'
import type { ManifestProblem } from '#kinds/problem'

export { feedFromFolder } from './folder-feed.ts'

/** What fills the registry; exactly one a process. */
export interface Feed {
  registry: Registry
  /** What is wrong with the folder as it is now; while there is anything, the last good state stays in force. */
  problems(): readonly ManifestProblem[]
  /** Reads the folder at once. True when it is good. */
  refresh(): Promise<boolean>
  close(): Promise<void>
}
