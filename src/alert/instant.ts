const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|z|[+-]\d{2}:\d{2})$/

/**
 * An RFC 3339 text as UTC with six decimals, which every PostgreSQL reads; further digits are cut. null when it is none.
 * Senders write nanoseconds and any offset: the alert keeps their text, comparisons use this.
 */
export function instant(text: string): string | null {
  const parts = RFC_3339.exec(text)
  if (!parts) return null
  const [, date, time, fraction = '', offset] = parts
  const decimals = fraction.slice(0, 6).padEnd(6, '0')
  const seconds = Date.parse(`${date}T${time}${offset!.toUpperCase()}`)
  if (Number.isNaN(seconds)) return null
  // Date.parse takes 31 February for 3 March; such days are beyond the 28th.
  if (Number(date!.slice(8)) > 28 && new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(date!.slice(8))) return null
  const utc = offset === 'Z' && time! < '24' ? `${date}T${time}` : new Date(seconds).toISOString().slice(0, -5)
  // Year 0 and before, which an offset can reach, are nothing to PostgreSQL in this notation.
  return /^(?!0000)\d{4}-/.test(utc) ? `${utc}.${decimals}Z` : null
}

/** Go's zero time: how Alertmanager writes "none". */
export const isZeroTime = (text: string): boolean => text.startsWith('0001-01-01T00:00:00')
