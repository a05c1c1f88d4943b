const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d{2}:\d{2})$/

/**
 * An RFC 3339 text as UTC with six decimals, which every PostgreSQL reads; further digits are cut. null when it is none.
 * Senders write nanoseconds and any offset: the alert keeps their text, comparisons use this.
 */
export function instant(text: string): string | null {
  const parts = RFC_3339.exec(text)
  if (!parts) return null
  const [, date, time, fraction = '', offset] = parts
  const wholeSeconds = Date.parse(`${date}T${time}${offset!.toUpperCase()}`)
  // Date.parse takes 31 February for 3 March: what comes back must be what was written.
  if (
    Number.isNaN(wholeSeconds) ||
    Number.isNaN(Date.parse(`${date}T00:00:00Z`)) ||
    !new Date(`${date}T00:00:00Z`).toISOString().startsWith(date!)
  ) {
    return null
  }
  const utc = new Date(wholeSeconds).toISOString()
  // Year 0 and negative years, which an offset may reach, are none to PostgreSQL in this notation.
  if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return null
  return `${utc.slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
}

/** Go's zero time: how Alertmanager writes "none". */
export const isZeroTime = (text: string): boolean => text.startsWith('0001-01-01T00:00:00')
