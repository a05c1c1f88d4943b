/**
 * The version of the engine's step names and their order, raised by hand when either changes (a golden test notices). A recorded run is
 * only ever continued by the version that began it; another version starts it anew as the next attempt.
 */
export const ENGINE_VERSION = '3'
