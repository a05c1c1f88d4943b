import { ReadError } from '#cluster'
import type { Refusals } from './parts.ts'

export function createRefusals(): Refusals {
  const messages = new Map<string, string>()
  return {
    note(key, error) {
      if (!(error instanceof ReadError) || error.reason !== 'Forbidden') return false
      const known = messages.has(key)
      messages.set(key, error.message)
      return !known
    },
    clear: (key) => void messages.delete(key),
    first: () => messages.values().next().value ?? null,
  }
}
