/**
 * Characters of a token, on the low side for what we send (Kubernetes names, JSON, log lines): an estimate that is too
 * high costs a little room, one that is too low a refused request.
 */
const CHARACTERS = 3.2

export const estimateTokens = (characters: number): number => Math.ceil(characters / CHARACTERS)

export const charactersOf = (tokens: number): number => Math.floor(tokens * CHARACTERS)
