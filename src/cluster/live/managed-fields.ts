const KEY = '"managedFields":['
const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x5b, 0x5d]

/**
 * The JSON of an API server's answer with every `managedFields` emptied, before it is parsed: of what controllers write they are a third and more
 * of the text, and are thrown away. What stands within a string is not touched: there each quote has a backslash before it.
 */
export function withoutManagedFields(json: string): string {
  const kept: string[] = []
  let from = 0
  for (let at = json.indexOf(KEY); at !== -1; at = json.indexOf(KEY, from)) {
    const start = at + KEY.length
    const end = endOfList(json, start)
    // A text that is cut off is for the parser to refuse.
    if (end === -1) break
    kept.push(json.slice(from, start))
    from = end
  }
  return from === 0 ? json : kept.join('') + json.slice(from)
}

/** Where the list ends that began just before `start`: the place of its bracket; -1 when it does not. */
function endOfList(json: string, start: number): number {
  let depth = 1
  for (let i = start; i < json.length; i++) {
    const sign = json.charCodeAt(i)
    if (sign === QUOTE) {
      i = endOfString(json, i)
      if (i === -1) return -1
    } else if (sign === OPEN) depth++
    else if (sign === CLOSE && --depth === 0) return i
  }
  return -1
}

/** The closing quote of the string that opens at `at`; -1 when there is none. */
function endOfString(json: string, at: number): number {
  for (let i = at + 1; i < json.length; i++) {
    const sign = json.charCodeAt(i)
    if (sign === BACKSLASH) i++
    else if (sign === QUOTE) return i
  }
  return -1
}
