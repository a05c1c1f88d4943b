import { holdsWord, type Setting } from './settings.ts'

/** Parts of values that a line may hold without meaning the setting. */
const COMMON =
  /^(?:https?|tcp|tls|redis|rediss|amqps?|postgres(?:ql)?|mysql|mongodb|kafka|grpc|jdbc|sqlserver|true|false|none|null|default|info|warn|warning|debug|error|prod(?:uction)?|staging|development|test|localhost|json|text|plain|standard|main|data|root|user|users|admin|name|host|port|path|file|server|service|client|config|internal|external|local|global|cluster|svc|example|info|level|stdout|console|value|with|from|this|that|time|date|disable|disabled|enable|enabled|require|required|sslmode|charset|utf8|utf8mb4|latest|start|serve|run|public|enterprise)$/i

const MAX_VALUE = 2_000
const SHORTEST = 4

/**
 * The setting whose value a line repeats: the whole value, or a part of it that stands between the marks of a URL or a list. The one that is
 * repeated at greater length wins, then one that is written in the container over one in a file. `own`: names that every line may hold.
 */
export function settingSaid(settings: readonly Setting[], line: string, own: readonly string[]): Setting | undefined {
  const scored = settings
    .filter((s) => s.value.length <= MAX_VALUE)
    .map((setting) => ({ setting, weight: weigh(setting, line, own) }))
    .filter((x) => x.weight > 0)
  return scored.sort((a, b) => b.weight - a.weight || (a.setting.field < b.setting.field ? -1 : 1))[0]?.setting
}

function weigh({ value, origin, field }: Setting, line: string, own: readonly string[]): number {
  // What starts the program is no setting of it.
  if (/\.(?:command|args)\[0\]$/.test(field) && !/[=:]/.test(value)) return 0
  const isTelling = (part: string): boolean =>
    part.length >= SHORTEST && !/^\d{1,3}$|^[\d.]{1,4}$/.test(part) && !COMMON.test(part) && !own.includes(part) && holdsWord(line, part)
  const whole = value.trim()
  const bonus = origin === 'file' ? 0 : 3
  const isShortName = /^[a-z]{2,}\d+$/i.test(whole) && whole.length < SHORTEST && holdsWord(line, whole) && !own.includes(whole)
  if (origin !== 'file' && whole.length < 200 && (isTelling(whole) || isShortName)) return 100 + whole.length + bonus
  const parts = whole.split(/[\s/@:,;?&="'<>(){}[\]|]+/).filter(isTelling)
  const longest = Math.max(0, ...parts.map((p) => p.length))
  return longest === 0 ? 0 : longest + bonus
}

/** The setting of the container itself whose whole value a line puts in quotes: what the line is about. */
export const settingQuoted = (settings: readonly Setting[], line: string): Setting | undefined =>
  settings.find(
    ({ origin, value }) =>
      origin !== 'file' && value.length >= 5 && ['"', "'", '`'].some((mark) => line.includes(`${mark}${value}${mark}`)),
  )
