import { TerminalError } from '#kit/errors'

/** A secret as a header's value. `echo secret | kubectl create secret …` leaves a newline. Never says the value. */
export function headerValue(name: string, value: string): string {
  const trimmed = value.trim()
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(trimmed))
    throw new TerminalError(`the value of header ${name} has characters that a header cannot carry`)
  return trimmed
}
