import { createHash } from 'node:crypto'
import { v7 } from 'uuid'

/** A UUIDv7 (RFC 9562): sortable by the time it was made. */
export const newId = (): string => v7()

/** Hex SHA-256 of the parts, each ended by a zero byte so that `['ab','c']` and `['a','bc']` differ. */
export function hash(...parts: readonly string[]): string {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part).update('\0')
  return sum.digest('hex')
}

/** A UUIDv8 (RFC 9562) that is always the same for the same parts. */
export function idOf(...parts: readonly string[]): string {
  const hex = hash(...parts)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Lower-case RFC 1123 label made from any text, at most `max` characters, never empty. */
export function slug(text: string, max = 40): string {
  const kebab = text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return kebab.replace(/^-+/, '').slice(0, max).replace(/-+$/, '') || 'x'
}

/** Name of an Investigation: `<alert-slug>-<last 10 of the id>`, 51 characters at most. */
export const investigationName = (title: string, id: string): string => `${slug(title)}-${id.replaceAll('-', '').slice(-10)}`
