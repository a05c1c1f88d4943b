import { compileTemplate } from '#expr'
import { InputError } from '#kit/errors'
import { redact } from '#kit/redact'
import type { SecretKeyRef } from '#kinds/meta'
import type { RunStep } from '#kinds/run-step'
import { ARGS_NAMES } from '#kinds/scopes'
import type { Values } from '#store'
import { renderArgs } from '../args.ts'

/** A command as it is started: words, and no shell. */
export interface Command {
  /** Empty: the image's own. */
  command: string[]
  args: string[]
  env: ({ name: string; value: string } | { name: string; secretKeyRef: SecretKeyRef })[]
  /** For people, without secrets. */
  line: string
}

/** Of one word or value, characters; Liquid stops at twice as much. */
const MAX_WORD = 32 * 1024
/** Of all together: an object of the API server has at most 1.5 MB. */
const MAX_COMMAND = 256 * 1024
const MAX_LINE = 500

/** Throws an InputError for what cannot be rendered, would be read as a flag, or is too long. */
export function renderCommand(spec: RunStep, scope: Values): Command {
  const command = renderArgs(spec.command ?? [], scope, 'run.command')
  const args = renderArgs(spec.args ?? [], scope, 'run.args')
  const env = (spec.env ?? []).map(({ name, value = '', secretKeyRef }, i): Command['env'][number] =>
    secretKeyRef ? { name, secretKeyRef } : { name, value: compileTemplate(value, ARGS_NAMES, { field: `run.env[${i}].value` })(scope) },
  )
  const places: [string, string][] = [
    ...command.map((word, i): [string, string] => [`run.command[${i}]`, word]),
    ...args.map((word, i): [string, string] => [`run.args[${i}]`, word]),
    ...env.flatMap((one, i): [string, string][] => ('value' in one ? [[`run.env[${i}].value`, one.value]] : [])),
  ]
  for (const [field, text] of places) {
    if (text.length > MAX_WORD)
      throw new InputError(`longer than ${MAX_WORD} characters`, { field, remedy: 'Pass less, such as one field of the alert.' })
    if (text.includes('\0'))
      throw new InputError('holds a zero byte, which no program can be given', { field, remedy: 'Take it out with a filter.' })
  }
  if (places.reduce((sum, [, text]) => sum + text.length, 0) > MAX_COMMAND)
    throw new InputError(`the command is longer than ${MAX_COMMAND} characters`, { field: 'run', remedy: 'Pass less.' })
  return { command, args, env, line: lineOf([spec.image ? `${spec.image}:` : '', ...command, ...args]) }
}

function lineOf(words: readonly string[]): string {
  const line = redact(
    words
      .filter((word, i) => i > 0 || word !== '')
      .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
      .join(' '),
  )
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line
}
