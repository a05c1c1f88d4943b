/** The last lines that fit; the first one is whole unless it alone is too long. */
export function tailOf(text: string, lines: number, bytes: number): string {
  if (lines <= 0) return ''
  let at = text.endsWith('\n') ? text.length - 1 : text.length
  for (let left = lines; left > 0 && at >= 0; left--) at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1)
  const tail = at < 0 ? text : text.slice(at + 1)
  if (Buffer.byteLength(tail) <= bytes) return tail
  const cut = Buffer.from(tail).subarray(-bytes).toString()
  const whole = cut.indexOf('\n')
  return whole >= 0 && whole < cut.length - 1 ? cut.slice(whole + 1) : cut
}
