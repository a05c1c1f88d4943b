/**
 * Secrets known by the name they are given: `password=…`, `"apiKey": "…"`, `DB_TOKEN: …`, `--secret …`, in logs, JSON,
 * escaped JSON, YAML and dumps of an environment.
 *
 * `=` and a quoted value are unmistakable. A colon is also how people write prose (`invalid token: expired`), so an
 * unquoted value after a colon goes only at the start of a line or when it looks random.
 */

const WORD = String.raw`password|passwd|passphrase|passcode|pwd|(?<=[_.-])pass|secret|token|api[-_.]?key|access[-_.]?key|secret[-_.]?key|private[-_.]?key|encryption[-_.]?key|signing[-_.]?key|account[-_.]?key|shared[-_.]?key|shared[-_.]?access[-_.]?key|master[-_.]?key|license[-_.]?key|client[-_.]?key[-_.]?data|credentials?|secret[-_.]?access[-_.]?key`
const SUFFIX = String.raw`(?:[-_.]?(?:base|b64|base64|value|prod|production|staging|dev|test|old|new|prev|previous|current|next|primary|secondary|v?[0-9]{1,3})){0,2}`

const ASSIGNMENT = new RegExp(String.raw`(?:${WORD})${SUFFIX}(\\{0,4}["'\x60])?[ \t]{0,16}(?:=>|:=|==?|:)[ \t]{0,64}`, 'gi')
const FLAG = new RegExp(
  String.raw`--[a-z0-9.-]{0,40}?(?:${WORD})(?:[ ]{1,4}|\\{0,4}["'],?\s{1,40}(?=\\{0,4}["'])|\\{0,4}["'],(?=\\{0,4}["'])|\n[ \t]{0,40}-[ ]{1,4})`,
  'gi',
)
const SENSITIVE_KEY = new RegExp(String.raw`(?:${WORD}|(?:^|[._-])auth)${SUFFIX}$`, 'i')

/** Names that end in a sensitive word and hold something else: the name of a Secret, a directory. */
const HARMLESS_KEY = /^(?:pwd|oldpwd|.*(?:existing|pull|tls|certificate)[-_]?secret|automountserviceaccounttoken|secretkey|.*secretref)$/i
const HARMLESS_WORD = /^(?:true|false|yes|no|null|nil|none|undefined|unset|empty|string|required|optional|enabled|disabled|\*+|x{3,}|-+)$/i
/** `$VAR`, `${VAR}`, `$(VAR)`, `{{ template }}`, `<set to the key 'password' in secret 'db'>`, `%s`, a path. */
const HARMLESS_FORM = /^(?:\$[{(]?[A-Za-z_]|\{\{|<|%[a-z]\b|\[REDACTED:|(?:\/[a-z0-9._-]+){2,}\/?$)/
/** `namespace/name`, as controllers log a Secret; or a bare name without digits. */
const SECRET_NAME = /^(?:[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*|[a-z][a-z.-]*)$/

/** Whether a key, an environment variable or a flag's name says that its value is a secret. */
export function isSensitiveKey(key: string): boolean {
  return key.length <= 256 && SENSITIVE_KEY.test(key) && !HARMLESS_KEY.test(key)
}

/** Whether a value under a sensitive name is plainly none: empty, a placeholder, a reference, a path, the name of a Secret. */
export function isHarmlessValue(key: string, value: string): boolean {
  if (value === '' || HARMLESS_WORD.test(value) || HARMLESS_FORM.test(value)) return true
  return key.toLowerCase() === 'secret' && SECRET_NAME.test(value)
}

export function redactAssignments(text: string): string {
  return maskAfter(maskAfter(text, FLAG, true), ASSIGNMENT, false)
}

/** Walks the names that `pattern` finds and masks the value behind each; positions only grow, so this is one pass. */
function maskAfter(text: string, pattern: RegExp, isFlag: boolean): string {
  const names = new RegExp(pattern)
  let out = ''
  let done = 0
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    const value = valueAt(text, names.lastIndex)
    if (value.end === value.start) continue
    const keyStart = isFlag ? match.index : startOfKey(text, match.index)
    const separator = match[0].trimEnd().at(-1)
    const key = isFlag ? '' : text.slice(keyStart, match.index) + match[0].replace(/[\s:=>"'`\\]+$/, '')
    if (HARMLESS_KEY.test(key) || isHarmlessValue(key, text.slice(value.start, value.end))) continue
    const spaced = /[ \t]$/.test(match[0])
    if (!isFlag && separator === ':' && !value.quoted && spaced) {
      const end = endOfPlainValue(text, keyStart, key, value)
      if (end === null) continue
      value.end = end
    }
    out += `${text.slice(done, value.start)}[REDACTED:${isFlag ? 'flag' : kindOf(match[0])}]`
    done = value.end
    names.lastIndex = Math.max(value.end, names.lastIndex)
  }
  return done === 0 ? text : out + text.slice(done)
}

interface Value {
  start: number
  end: number
  quoted: boolean
}

/** A run without spaces and closing punctuation; marks that are already there belong to it. */
const PLAIN = /(?:\[REDACTED:[a-z-]+\]|(?!\\["'nrt])[^\s,;&"'`)}\]<>|])*/y

/** The value that begins at `at`: quoted (also by quotes that are themselves escaped), or a run without spaces. */
function valueAt(text: string, at: number): Value {
  let quote = at
  while (text[quote] === '\\' && quote - at < 4) quote++
  if (text[quote] === '"' || text[quote] === "'" || text[quote] === '`') {
    const start = quote + 1
    return { start, end: closingQuote(text, start, text.slice(at, start)), quoted: true }
  }
  if (/^(?:\[REDACTED:|<|\$\{|\$\(|\{\{)/.test(text.slice(at, at + 10))) return { start: at, end: at, quoted: false }
  PLAIN.lastIndex = at
  return { start: at, end: at + (PLAIN.exec(text)?.[0].length ?? 0), quoted: false }
}

/** Where the string ends that `quote` (a quote with its escapes) opened; the end of the line if it is never closed. */
function closingQuote(text: string, start: number, quote: string): number {
  let end = text.indexOf(quote, start)
  while (end !== -1 && quote.length === 1 && countBackslashes(text, end) % 2 === 1) end = text.indexOf(quote, end + 1)
  const value = end === -1 ? '' : text.slice(start, end)
  if (end !== -1 && !value.includes('\n')) return end
  const line = text.indexOf('\n', start)
  return line === -1 ? text.length : line
}

function countBackslashes(text: string, before: number): number {
  let n = 0
  while (text[before - 1 - n] === '\\') n++
  return n
}

const KEY_CHARACTER = /[\w.-]/

function startOfKey(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < 100 && KEY_CHARACTER.test(text[start - 1]!)) start--
  return start
}

/** Where an unquoted value after `: ` ends, or null when this is prose. Looks at a bounded stretch of the line only: lines may be endless. */
function endOfPlainValue(text: string, keyStart: number, key: string, value: Value): number | null {
  const alone = /^[ \t\r]*(?:$|[\n,;)}\]"'])/.test(text.slice(value.end, value.end + 64))
  const before = text.slice(Math.max(0, keyStart - 200), keyStart)
  const newline = before.lastIndexOf('\n')
  const opensLine = (newline !== -1 || keyStart <= 200) && /^[\s\-"'{,]*(?:export )?["']?$/.test(before.slice(newline + 1))
  if (!opensLine) return alone && looksRandom(text.slice(value.start, value.end)) ? value.end : null
  if (alone) return value.end
  if (!/^[A-Z0-9_]+$/.test(key) && !key.includes('_')) return null
  const lineEnd = text.indexOf('\n', value.end)
  return lineEnd === -1 ? text.length : lineEnd
}

const looksRandom = (word: string): boolean =>
  word.length >= 6 && (/[0-9]/.test(word) || /[a-z][A-Z]/.test(word) || /[!@#$%^*+=~]/.test(word))

function kindOf(match: string): string {
  const name = match.toLowerCase()
  if (name.startsWith('pass') || name.startsWith('pwd')) return 'password'
  if (name.startsWith('token')) return 'token'
  if (name.includes('key')) return 'key'
  return 'secret'
}
