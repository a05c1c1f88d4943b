/**
 * JSON that PostgreSQL stores. It takes neither U+0000 nor half of a surrogate pair; senders, logs and programs bring both, and a cut through a
 * text may leave the second. They become U+FFFD.
 */
export function storable(value: unknown): string {
  const text = JSON.stringify(value)
  // JSON.stringify escapes exactly those two: a look at the text spares the walk in nearly all cases.
  return /\\u(0000|d[89a-f])/.test(text) ? JSON.stringify(clean(value)) : text
}

/** The same for a text. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

function clean(part: unknown): unknown {
  if (typeof part === 'string') return storableText(part)
  if (Array.isArray(part)) return part.map(clean)
  if (typeof part !== 'object' || part === null) return part
  // As JSON.stringify sees it: a Date is a text.
  const { toJSON } = part as { toJSON?: unknown }
  if (typeof toJSON === 'function') return clean(toJSON.call(part))
  return Object.fromEntries(Object.entries(part).map(([key, inner]) => [storableText(key), clean(inner)]))
}
