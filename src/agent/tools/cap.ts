/** How text is made to fit: by whole lines, with a mark that says how much is missing. */

/** The text itself, or its beginning and its end (`headShare` of the room, 0 … 1) with a mark between. Never longer than `limit` characters. */
export function capMiddle(text: string, limit: number, headShare = 0.6): string {
  if (text.length <= limit) return text
  const lines = text.split('\n').map((line) => capLine(line, Math.floor(limit / 3)))
  const room = limit - 60
  let head = 0
  let used = 0
  while (head < lines.length && used + lines[head]!.length + 1 <= room * headShare) used += lines[head++]!.length + 1
  let tail = lines.length
  while (tail > head && used + lines[tail - 1]!.length + 1 <= room) used += lines[--tail]!.length + 1
  return [...lines.slice(0, head), `… ${tail - head} lines left out …`, ...lines.slice(tail)].join('\n')
}

/** One line of at most `limit` characters. */
export function capLine(line: string, limit: number): string {
  if (line.length <= limit) return line
  const mark = `…(+${line.length - limit})`
  return cutAt(line, Math.max(0, limit - mark.length)) + mark
}

/** Never between the halves of a character. */
export function cutAt(text: string, length: number): string {
  const end = /[\uD800-\uDBFF]/.test(text[length - 1] ?? '') ? length - 1 : length
  return text.slice(0, end)
}

/** `1 row`, `7 rows`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`
