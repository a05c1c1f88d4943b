import type { Registry } from '#kinds/registry'

/** What fills the registry; exactly one a process. */
export interface Feed {
  registry: Registry
  state(): FeedState
  close(): Promise<void>
}

export interface FeedState {
  /** false: not everything has been seen yet, and no alert can be taken. Once true it stays so. */
  complete: boolean
  /** What is wrong with what feeds the registry, for people; what was good last stays in force meanwhile. */
  troubles: readonly string[]
}
