import { element } from './field-path.ts'
import type { Setting } from './settings.ts'

/** A setting under one of the names that programs call it by: a flag, a variable, a key of a file, an annotation. */
export interface NamedSetting {
  setting: Setting
  /** The name in words: `--maxmemory-policy` is `maxmemory policy`, `MAX_POOL_SIZE` and `maxPoolSize` are `max pool size`. */
  words: string
  /** What it is set to, as far as that stands beside the name. */
  value: string
}

/** A text in lower-case words, parted where its case changes and at what is no letter or digit. */
export const wordsOf = (text: string): string =>
  text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, ' ')
    .trim()

const MAX_FILE = 40_000
const FLAG = /(?:^|\s)--?([A-Za-z][\w.-]*)(?:[= ]+("[^"]*"|'[^']*'|[^\s"'-][^\s]*))?/g
/** What a URL asks for behind its question mark: `?sslmode=require&pool_size=5`. */
const QUERY = /[?&]([A-Za-z][\w.-]{2,40})=([^&\s"']*)/g
/** `key = value`, `key: value`, `key value`, `"key": value` and `<key>value</key>` at the start of a line or behind a brace. */
const LINE =
  /(?:^|[{;](?=\s*[A-Za-z"])|,(?=\s*"))[\s<"'-]*([A-Za-z][\w.-]{2,60})["'>]*[ \t]*(?:[:=][ \t]*|[ \t]+|(?=[^<\n]*<\/))([^\n#<;{}]{0,200})/gm

/** Every name in the settings, in their order. */
export function namedSettings(settings: readonly Setting[]): NamedSetting[] {
  return settings.flatMap((setting, i): NamedSetting[] => {
    const { name, value, origin } = setting
    if (origin === 'file')
      return [...value.slice(0, MAX_FILE).matchAll(LINE)].map((m) => ({ setting, words: wordsOf(m[1]!), value: m[2]!.trim() }))
    const asked = [...value.slice(0, MAX_FILE).matchAll(QUERY)].map((m) => ({ setting, words: wordsOf(m[1]!), value: m[2]! }))
    const flags = [...value.slice(0, MAX_FILE).matchAll(FLAG)].map((m) => ({ setting, words: wordsOf(m[1]!), value: m[2] ?? '' }))
    if (origin === 'variable') return [{ setting, words: wordsOf(name), value }, ...flags, ...asked]
    const pair = /^([\w.-]+)=(.*)$/.exec(value)
    if (pair) return [{ setting, words: wordsOf(pair[1]!), value: pair[2]! }]
    // `--flag value` as two arguments: a person changes the second.
    const next = settings[i + 1]
    const isApart =
      /^--?[A-Za-z][\w.-]*$/.test(value) && next?.origin === 'argument' && !next.value.startsWith('-') && isNext(setting, next)
    return isApart ? [{ setting: next, words: wordsOf(value), value: next.value }] : [...flags, ...asked]
  })
}

function isNext(a: Setting, b: Setting): boolean {
  const [, list, index] = /^(.*)\[(\d+)\]$/.exec(a.field) ?? []
  return list !== undefined && b.field === element(list, Number(index) + 1)
}

const LONG = 16

/** Words that name no limit or rule by themselves, alone or as the end of a name. */
const PLAIN =
  /^(?:database|username|password|hostname|endpoint|service|address|metrics|logging|version|default|command|enabled|connect|server|timeout|workers?|name|request|requests|upstream|location|message|production|environment)$|(?:^| )(?:host|port|url|uri|user|name|password|level|format|path|dir|file|addr|address|server|servers|env|id|key|secret|token|mode|type|class|enabled)$/

/**
 * Settings that a text calls by their names: all words of the name in a row, or, of a variable, all but those in front (`DJANGO_ALLOWED_HOSTS`
 * is `ALLOWED_HOSTS` to the program). A name of one word must be quoted or written as a flag. The longest name first.
 */
export function settingsCalled(settings: readonly Setting[], text: string): NamedSetting[] {
  const said = ` ${wordsOf(text)} `
  const squeezed = said.replaceAll(' ', '')
  const quoted = new Set(
    [...text.matchAll(/["'`(]([\w.-]{5,60})["'`)]|--([\w-]{3,60})|\b([a-z][\w-]{4,60})=/gi)].map((m) => wordsOf((m[1] ?? m[2] ?? m[3])!)),
  )
  const score = ({ words, setting }: NamedSetting): number => {
    const parts = words.split(' ')
    for (let from = 0; from < parts.length && (from === 0 || setting.origin === 'variable'); from++) {
      const rest = parts.slice(from)
      const name = rest.join(' ')
      // `xpack.encryptedSavedObjects.encryptionKey` is XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY: nobody tells where its words end.
      const run = from === 0 && setting.origin === 'variable' ? parts.join('') : ''
      if (run.length >= LONG && squeezed.includes(run)) return 10 + run.length
      if (PLAIN.test(name)) return isJudged(rest, text) ? rest.length * 10 + name.length : 0
      if (rest.length > 1 ? said.includes(` ${name} `) : from === 0 && quoted.has(name)) return rest.length * 10 + name.length
      if (rest.length === 2) break
    }
    return 0
  }
  return namedSettings(settings)
    .map((named) => ({ named, weight: score(named) }))
    .filter((x) => x.weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.named.setting.field < b.named.setting.field ? -1 : 1))
    .map((x) => x.named)
}

/** A plain name means the setting where the text says what it has to be: `cookie_secret must be 16, 24, or 32 bytes`. */
const isJudged = (words: readonly string[], text: string): boolean =>
  new RegExp(
    `(?<![\\w.-])-{0,2}${words.join('[\\s_.-]?')}["'\`]?:? (?:must|should|has to|needs to|cannot|can't|is (?:not|too|in|un|required|missing|empty|enabled|disabled|set to))\\b`,
    'i',
  ).test(text)
