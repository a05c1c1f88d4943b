/** The words of a command line, or why it is refused. */
export type Words = { words: string[] } | { refused: string }

const SHELL_SYNTAX = new Set(['|', ';', '&', '$', '(', ')', '<', '>', '`', '\n'])

const NO_SHELL = 'there is no shell here: give one plain kubectl command (put an argument that holds such characters in single quotes)'

/**
 * Splits a command line as a POSIX shell splits words, and refuses everything else that a shell does: pipes, lists, redirection, substitution,
 * variables, environment prefixes. Globs and braces stay as they are, as nobody expands them.
 */
export function splitWords(line: string): Words {
  const words: string[] = []
  let word: string | null = null
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (c === "'") {
      const end = line.indexOf("'", i + 1)
      if (end === -1) return { refused: 'a single quote is not closed' }
      word = (word ?? '') + line.slice(i + 1, end)
      i = end
    } else if (c === '"') {
      const quoted = doubleQuoted(line, i + 1)
      if ('refused' in quoted) return quoted
      word = (word ?? '') + quoted.text
      i = quoted.end
    } else if (c === '\\') {
      if (i + 1 >= line.length) return { refused: 'the line ends in a backslash' }
      if (line[++i] !== '\n') word = (word ?? '') + line[i]!
    } else if (c === ' ' || c === '\t') {
      if (word !== null) words.push(word)
      word = null
    } else if (SHELL_SYNTAX.has(c)) {
      return { refused: `${c === '\n' ? 'a line break' : `"${c}"`} is shell syntax; ${NO_SHELL}` }
    } else {
      word = (word ?? '') + c
    }
  }
  if (word !== null) words.push(word)
  const first = words[0] ?? ''
  if (/^[A-Za-z_]\w*=/.test(first)) return { refused: `"${first}" sets an environment variable; ${NO_SHELL}` }
  return { words }
}

function doubleQuoted(line: string, start: number): { text: string; end: number } | { refused: string } {
  let text = ''
  for (let i = start; i < line.length; i++) {
    const c = line[i]!
    if (c === '"') return { text, end: i }
    if (c === '$' || c === '`') return { refused: `"${c}" inside double quotes is shell syntax; ${NO_SHELL}` }
    if (c === '\\' && '"\\$`'.includes(line[i + 1] ?? ' ')) text += line[++i]!
    else if (c === '\\' && line[i + 1] === '\n') i++
    else text += c
  }
  return { refused: 'a double quote is not closed' }
}
