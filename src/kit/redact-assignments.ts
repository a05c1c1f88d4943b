import { lineEnd, maskValues, opensLine, standsAlone, type Decide } from './redact-values.ts'

/**
 * Secrets known by the name they are given: `password=…`, `"apiKey": "…"`, `DB_TOKEN: …`, `--secret …`, `name: DB_PASSWORD`
 * with a `value:`, in logs, JSON, escaped JSON, YAML, XML and dumps of an environment.
 *
 * `=` and a quoted value are unmistakable. A colon is also how people write prose (`invalid token: expired`), so an
 * unquoted value after a colon goes only at the start of a line or when it looks random.
 */

const WORD = String.raw`password|passwd|passphrase|passcode|pwd|(?<=[_.-])pass|secret|token|api[-_.]?key|access[-_.]?key|secret[-_.]?key|private[-_.]?key|encryption[-_.]?key|signing[-_.]?key|account[-_.]?key|shared[-_.]?key|shared[-_.]?access[-_.]?key|master[-_.]?key|license[-_.]?key|client[-_.]?key[-_.]?data|credentials?`
const SUFFIX = String.raw`(?:[-_.]?(?:base|b64|base64|value|prod|production|staging|dev|test|old|new|prev|previous|current|next|primary|secondary|v?[0-9]{1,3})){0,2}`

const ASSIGNMENT = new RegExp(
  String.raw`(?:${WORD})${SUFFIX}(\\{0,4}["'\x60])?[ \t]{0,16}(?:=>|:=|==?|:)[ \t]{0,64}(?:\[(?=\\{0,4}["']))?`,
  'gi',
)
const FLAG = new RegExp(
  String.raw`--[a-z0-9.-]{0,40}?(?:${WORD})(?:[ ]{1,4}|\\{0,4}["'],?\s{1,40}(?=\\{0,4}["'])|\\{0,4}["'],(?=\\{0,4}["'])|\n[ \t]{0,40}-[ ]{1,4})`,
  'gi',
)
/** `name: X` and then `value:`, as a container's env is written in YAML, JSON and Go's %v. */
const PAIR =
  /\bname\\{0,4}["']?[ ]{0,4}:[ ]{0,4}\\{0,4}["']?([A-Za-z_][\w.-]{1,127})\\{0,4}["']?(?:[ ]{0,4},\s{0,200}|\n[ ]{1,200}|[ ]{1,4})\\{0,4}["']?value\\{0,4}["']?[ ]{0,4}:[ ]{0,4}/gi
const XML = new RegExp(String.raw`(<[\w.:-]{0,40}?(?:${WORD})>)([^<\n]{1,512})(?=</)`, 'gi')
const COMMAND =
  /(\b(?:(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]{0,200}?\s-p|sshpass\s{1,4}-p\s{0,4}|redis-cli\b[^\n|;]{0,200}?\s-a\s{1,4})["']?)([^\s"']{1,256})/g
const SENSITIVE_KEY = new RegExp(String.raw`(?:${WORD}|(?:^|[._-])auth)${SUFFIX}$`, 'i')

/** Names that end in a sensitive word and hold something else: the name of a Secret, a directory. */
const HARMLESS_KEY = /^(?:pwd|oldpwd|.*(?:existing|pull|tls|certificate)[-_]?secret|automountserviceaccounttoken|.*secretref)$/i
const HARMLESS_WORD = /^(?:true|false|yes|no|null|nil|none|undefined|unset|empty|string|required|optional|enabled|disabled|\*+|x{3,}|-+)$/i
/** `$VAR`, `${VAR}`, `$(VAR)`, `{{ template }}`, `<set to the key 'password' in secret 'db'>`, `%s`, a path. */
const HARMLESS_FORM = /^(?:\$[A-Z_][A-Z0-9_]*$|\$\{|\$\(|\{\{|<[a-z]|%[a-z]$|\[REDACTED:[a-z-]+\]$|(?:\/[a-z0-9._-]+){2,}\/?$)/
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
  let out = text
  if (out.includes('alue')) out = maskValues(out, PAIR, decidePair(out))
  if (out.includes('--')) out = maskValues(out, FLAG, decideFlag(out))
  out = maskValues(out, ASSIGNMENT, decideAssignment(out))
  if (out.includes('</'))
    out = out.replace(XML, (all: string, tag: string, value: string) => (isHarmlessValue('', value) ? all : `${tag}[REDACTED:value]`))
  return out.replace(COMMAND, (all: string, head: string, value: string) =>
    isHarmlessValue('', value) ? all : `${head}[REDACTED:password]`,
  )
}

const decideFlag =
  (text: string): Decide =>
  (_, { start, end }) =>
    isHarmlessValue('', text.slice(start, end)) ? 'skip' : { kind: 'flag', end }

const decidePair =
  (text: string): Decide =>
  (match, { start, end, quoted }) => {
    if (!isSensitiveKey(match[1]!)) return 'leave'
    // In YAML an unquoted value goes to the end of its line, or is a block below it (the value then has its lines already).
    const isYaml = !quoted && match[0].includes('\n')
    const last = isYaml ? lineEnd(text, end) : end
    return isHarmlessValue(match[1]!, text.slice(start, last).trim()) ? 'skip' : { kind: 'env', end: last }
  }

const decideAssignment =
  (text: string): Decide =>
  (match, value) => {
    const keyStart = startOfKey(text, match.index)
    const key = text.slice(keyStart, match.index) + match[0].replace(/[\s:=>"'`\\[]+$/, '')
    if (HARMLESS_KEY.test(key) || isHarmlessValue(key, text.slice(value.start, value.end))) return 'skip'
    const isSpaced = /[ \t]$/.test(match[0])
    const kind = kindOf(match[0])
    if (value.quoted || !isSpaced) return { kind, end: value.end }
    const isLine = opensLine(text, keyStart)
    const isAlone = standsAlone(text, value.end)
    if (match[0].trimEnd().endsWith('=')) return { kind, end: isLine && !isAlone ? lineEnd(text, value.end) : value.end }
    if (isAlone) return isLine || looksRandom(text.slice(value.start, value.end)) ? { kind, end: value.end } : 'leave'
    return isLine && /^[A-Z0-9_]+$|_/.test(key) ? { kind, end: lineEnd(text, value.end) } : 'leave'
  }

const KEY_CHARACTER = /[\w.-]/

function startOfKey(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < 100 && KEY_CHARACTER.test(text[start - 1]!)) start--
  return start
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
