import { isSensitiveKey, isHarmlessValue, redactAssignments } from './redact-assignments.ts'
import { redactSecretManifests } from './redact-manifests.ts'
import { redactTokens } from './redact-tokens.ts'

/**
 * Takes secrets out of text before it is stored, shown or sent to a model. What is taken out leaves a mark
 * `[REDACTED:kind]`, so that a reader still sees that something stood there and of what sort.
 *
 * Own patterns rather than secretlint's engine: that one is asynchronous, obeys `secretlint-disable` comments in the very
 * text it checks (a log line could switch it off), spares "example" values, and knows neither Kubernetes nor
 * `password=` in logs. Its rules are the oracle of our tests instead: what it finds in their corpus must be gone.
 *
 * Every pattern takes linear time: a start is a literal, a run is bounded or consumed whole, nothing nests. The
 * function is deterministic and idempotent, and leaves ordinary log lines as they are.
 */
export function redact(text: string): string {
  if (text.length < 8) return text
  return redactAssignments(redactTokens(redactSecretManifests(text)))
}

const MAX_DEPTH = 200

/**
 * The same for JSON: every string is redacted, and structure tells more than text does. Masked as a whole: values under
 * sensitive keys, `data` and `stringData` of a Secret, `value` beside a sensitive `name` (a container's env), and what
 * follows a flag such as `--password` in a list of arguments.
 *
 * `tell` names a value without giving it away, in small letters: with it a reader of the result sees which masked values are the same.
 */
export function redactDeep<T>(json: T, tell?: Tell): T {
  return walk(json, 0, tell) as T
}

type Tell = (value: string) => string

function walk(json: unknown, depth: number, tell: Tell | undefined): unknown {
  if (typeof json === 'string') return redact(json)
  if (json === null || typeof json !== 'object') return json
  if (depth > MAX_DEPTH) return '[REDACTED:too-deep]'
  const mark = (value: string, kind: string, key = ''): string => marked(value, kind, key, tell)
  if (Array.isArray(json))
    return json.map((item, i) => (isSecretArgument(json[i - 1], item) ? mark(item, 'flag') : walk(item, depth + 1, tell)))
  const object = json as Record<string, unknown>
  const isSecret = object['kind'] === 'Secret'
  const isSecretEnv = typeof object['name'] === 'string' && isSensitiveKey(object['name'])
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    let next: unknown
    if (isSecret && (key === 'data' || key === 'stringData')) next = maskStrings(value, depth + 1)
    else if (typeof value === 'string' && isSensitiveKey(key)) next = mark(value, 'value', key)
    else if (Array.isArray(value) && isSensitiveKey(key))
      next = value.map((item) => (typeof item === 'string' ? mark(item, 'value', key) : walk(item, depth + 1, tell)))
    else if (typeof value === 'string' && key === 'value' && isSecretEnv) next = mark(value, 'env', object['name'] as string)
    else next = walk(value, depth + 1, tell)
    // defineProperty and not an assignment: a key named __proto__ is data here.
    Object.defineProperty(out, key.length < 16 ? key : redact(key), { value: next, enumerable: true, writable: true, configurable: true })
  }
  return out
}

const isSecretArgument = (flag: unknown, value: unknown): value is string =>
  typeof flag === 'string' &&
  flag.startsWith('-') &&
  typeof value === 'string' &&
  !value.startsWith('-') &&
  isSensitiveKey(flag.replace(/^-+/, ''))

function marked(value: string, kind: string, key: string, tell: Tell | undefined): string {
  if (isHarmlessValue(key, value)) return redact(value)
  return tell ? `[REDACTED:${kind}-${tell(value)}]` : `[REDACTED:${kind}]`
}

function maskStrings(json: unknown, depth: number): unknown {
  if (typeof json === 'string') return json === '' || json.startsWith('[REDACTED:') ? json : '[REDACTED:secret-data]'
  if (json === null || typeof json !== 'object') return json
  if (depth > MAX_DEPTH) return '[REDACTED:too-deep]'
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, maskStrings(value, depth + 1)]))
}
