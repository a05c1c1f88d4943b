import type { GivenFlag, KubectlCall } from './call.ts'
import { ALIASES, COMMANDS, REFUSED_COMMANDS, subcommands, type Command } from './commands.ts'
import { GLOBAL_FLAGS, REFUSED_FLAGS, REFUSED_SHORTS, type FlagSpec } from './flags.ts'

export type Parsed = { call: KubectlCall; command: Command } | { refused: string }

const MAX_WORDS = 64
const MAX_WORD_LENGTH = 4096

/**
 * Reads an argument vector as kubectl does (cobra over pflag):
 * - the command is the first word that is neither a flag nor a flag's value; before it only flags of every command are known;
 * - `--x v`, `--x=v`, `-x v`, `-xv`, `-x=v`; booleans take no value unless by `=`, and may stand together (`-Ao yaml`);
 * - `_` in a flag's name is `-`; a flag's name is never shortened; `--` ends the flags; `-` alone is an argument.
 * What kubectl would not understand is refused here, and so is every flag that is not in the command's allow-list.
 */
export function parseKubectl(argv: readonly string[]): Parsed {
  const words = argv[0] === 'kubectl' ? argv.slice(1) : argv
  const unsound = unsoundWords(words)
  if (unsound) return { refused: unsound }

  const given: GivenFlag[] = []
  let path = ''
  let at = 0
  while (at < words.length) {
    const word = words[at]!
    if (word === '--') break
    if (isFlag(word)) {
      const flag = readFlag(words, at, GLOBAL_FLAGS)
      if ('refused' in flag)
        return { refused: flag.known ? flag.refused : `${flag.refused}: put it after the command, as in kubectl get pods -A` }
      given.push(...flag.given)
      at = flag.next
      continue
    }
    at++
    path = path === '' ? word : `${path} ${word}`
    path = ALIASES.get(path) ?? path
    const command = COMMANDS.get(path)
    if (command) return readArguments(command, given, words, at)
    const refusal = REFUSED_COMMANDS.get(path)
    if (refusal) return { refused: `kubectl ${path} is not allowed: ${refusal}` }
    if (subcommands(path).length === 0) return { refused: noSuchCommand(path) }
  }
  if (path === '') return { refused: 'no kubectl command is named; give for example ["get", "pods", "-n", "shop"]' }
  return { refused: `kubectl ${path} needs a subcommand: ${subcommands(path).join(', ')}` }
}

function readArguments(command: Command, before: readonly GivenFlag[], words: readonly string[], start: number): Parsed {
  const known = [...command.flags, ...GLOBAL_FLAGS]
  const given = [...before]
  const args: string[] = []
  let at = start
  while (at < words.length) {
    const word = words[at]!
    if (word === '--') {
      args.push(...words.slice(at + 1))
      break
    }
    if (!isFlag(word)) {
      args.push(word)
      at++
      continue
    }
    const flag = readFlag(words, at, known)
    if ('refused' in flag)
      return {
        refused: `${flag.refused}${
          flag.known
            ? ''
            : `; kubectl ${command.path} may use ${known
                .filter((spec) => !REFUSED_FLAGS.has(spec.name))
                .map((spec) => `--${spec.name}`)
                .join(', ')}`
        }`,
      }
    given.push(...flag.given)
    at = flag.next
  }
  const sub = args.length > 0 ? REFUSED_COMMANDS.get(`${command.path} ${args[0]}`) : undefined
  if (sub) return { refused: `kubectl ${command.path} ${args[0]} is not allowed: ${sub}` }
  return { call: { command: command.path, flags: given, args }, command }
}

type FlagRead = { given: GivenFlag[]; next: number } | { refused: string; name: string; known: boolean }

const isFlag = (word: string): boolean => word.startsWith('-') && word.length > 1

function readFlag(words: readonly string[], at: number, known: readonly FlagSpec[]): FlagRead {
  return words[at]!.startsWith('--') ? readLong(words, at, known) : readShorts(words, at, known)
}

function readLong(words: readonly string[], at: number, known: readonly FlagSpec[]): FlagRead {
  const body = words[at]!.slice(2)
  const equals = body.indexOf('=')
  const name = (equals === -1 ? body : body.slice(0, equals)).replaceAll('_', '-')
  if (name === '' || name.startsWith('-')) return { refused: `"${words[at]}" is no flag`, name: '', known: true }
  const spec = known.find((spec) => spec.name === name)
  if (!spec) return refusedFlag(`--${name}`, name)
  if (equals !== -1) return give(spec, body.slice(equals + 1), at + 1)
  if (spec.bare !== null) return give(spec, spec.bare, at + 1)
  if (at + 1 >= words.length) return { refused: `--${name} needs a value`, name, known: true }
  return give(spec, words[at + 1]!, at + 2)
}

function readShorts(words: readonly string[], at: number, known: readonly FlagSpec[]): FlagRead {
  const given: GivenFlag[] = []
  let rest = words[at]!.slice(1)
  let next = at + 1
  while (rest !== '') {
    const letter = rest[0]!
    const spec = known.find((spec) => spec.short === letter)
    if (!spec) return refusedFlag(`-${letter}`, REFUSED_SHORTS.get(letter) ?? '')
    let value: string
    if (rest.length > 2 && rest[1] === '=') [value, rest] = [rest.slice(2), '']
    else if (spec.bare !== null) [value, rest] = [spec.bare, rest.slice(1)]
    else if (rest.length > 1) [value, rest] = [rest.slice(1), '']
    else if (next < words.length) [value, rest] = [words[next++]!, '']
    else return { refused: `-${letter} needs a value`, name: spec.name, known: true }
    const one = give(spec, value, next)
    if ('refused' in one) return one
    given.push(...one.given)
  }
  return { given, next }
}

/** Go's strconv.ParseBool. */
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function give(spec: FlagSpec, value: string, next: number): FlagRead {
  if (spec.bare !== 'true') return { given: [{ name: spec.name, value }], next }
  if (TRUE.has(value)) return { given: [{ name: spec.name, value: 'true' }], next }
  if (FALSE.has(value)) return { given: [{ name: spec.name, value: 'false' }], next }
  return { refused: `--${spec.name} is true or false, not "${value}"`, name: spec.name, known: true }
}

function refusedFlag(shown: string, name: string): FlagRead {
  const reason = REFUSED_FLAGS.get(name)
  return { refused: reason ? `${shown} is not allowed: ${reason}` : `${shown} is not allowed here`, name, known: reason !== undefined }
}

function noSuchCommand(path: string): string {
  const tops = [...new Set([...COMMANDS.values()].filter((command) => command.effect === 'read').map((command) => command.path))]
  return `"${path.slice(0, 80)}" is no kubectl command that may be used; use one of: ${tops.join(', ')}`
}

function unsoundWords(words: readonly string[]): string | null {
  if (words.length > MAX_WORDS) return `the command has ${words.length} words; at most ${MAX_WORDS} are taken`
  const long = words.find((word) => word.length > MAX_WORD_LENGTH)
  if (long !== undefined) return `an argument has ${long.length} characters; at most ${MAX_WORD_LENGTH} are taken`
  if (words.some((word) => /(?![\n\t])\p{Cc}/u.test(word))) return 'an argument holds control characters'
  if (words.includes('')) return 'an argument is empty; leave it out'
  return null
}
