import type { Setting } from './settings.ts'

/** What an argument is set to: `--timeout=30` is 30. */
const bareOf = ({ value, origin }: Setting): string => (origin === 'argument' ? value.replace(/^--?[\w.-]+=/, '') : value).trim()

/** Where one setting alone has exactly the value, however short, that a line puts in quotes: `invalid duration "30"`. */
export function onlyQuoted(settings: readonly Setting[], line: string): Setting | undefined {
  const words = new Set([...line.matchAll(/["'`[(]([^"'`\])]{1,200})["'`\])]/g)].map((m) => m[1]!))
  const found = settings.filter((s) => s.origin !== 'file' && words.has(bareOf(s)))
  return found.length === 1 ? found[0] : undefined
}

const OF_JSON = /\bJSON\b|JSONDecodeError|json:|invalid character|Unexpected (?:token|end)/
const OF_CRON = /\bcron\b|end of range|above maximum|below minimum|expected (?:exactly )?\d+ (?:to \d+ )?fields/i
const CRON = /^(?:\S+\s+){4,5}\S+$/

/** The variable or argument that has to be of a form, and is not: JSON that cannot be read; a schedule where one is refused. */
export function malformed(settings: readonly Setting[], line: string): Setting | undefined {
  const own = settings.filter((s) => s.origin !== 'file')
  if (OF_JSON.test(line)) return own.find((s) => /^\s*[{[]/.test(bareOf(s)) && !isJson(bareOf(s)))
  return OF_CRON.test(line) ? own.find((s) => CRON.test(bareOf(s)) && /[*\d]/.test(bareOf(s)[0]!)) : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const PLAIN = /^(?:api|app|db|database|http|https|service|server|base|public|host|url|the|log|error|auth|default|web|data|my)$/i

/** The one address of somebody outside whose name a line says: `CRM_URL` for `crm: 410 Gone`. */
export function spokenOf(settings: readonly Setting[], line: string): Setting | undefined {
  const found = settings.filter((s) => {
    const [first = ''] = s.name.split('_')
    return (
      s.origin === 'variable' &&
      first.length >= 3 &&
      !PLAIN.test(first) &&
      /_(?:URL|URI|ENDPOINT|BASE|HOST)$/i.test(s.name) &&
      new RegExp(`\\b${first}`, 'i').test(line)
    )
  })
  return found.length === 1 ? found[0] : undefined
}
