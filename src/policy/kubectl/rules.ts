import { flag, isOn, withFlag, type KubectlCall } from './call.ts'
import type { Command } from './commands.ts'

/** null: this rule has nothing against it. */
type Refusal = string | null
export type Rule = (call: KubectlCall, command: Command) => Refusal

/** Lines of each container's log that are read when a call does not say, and at most. */
const LOG_TAIL = 500
const LOG_TAIL_OF_MANY = 100
const LOG_TAIL_MAX = 2000

/** Why a read may not run, or a write not even be proposed for approval. The first that speaks counts. */
export const REFUSALS: readonly Rule[] = [
  tooManyArguments,
  oddArguments,
  endless,
  unknownOutput,
  outputOfWrites,
  secretsBeyondNames,
  secretsInWrites,
  everythingAsObjects,
]

function tooManyArguments(call: KubectlCall, command: Command): Refusal {
  if (call.args.length <= command.maxArgs) return null
  const most = command.maxArgs === 0 ? 'no arguments' : `at most ${command.maxArgs} argument${command.maxArgs === 1 ? '' : 's'}`
  return `kubectl ${call.command} takes ${most} besides its flags, but got "${call.args.slice(0, 3).join(' ')}"`
}

/** A read names types, objects and fields, and nothing else. What would be shell syntax in a shell is a model's mistake about where it is. */
function oddArguments(call: KubectlCall, command: Command): Refusal {
  if (command.effect === 'write') return null
  const odd = call.args.find((arg) => !/^[A-Za-z0-9*/][\w*.:/,@-]*$/.test(arg))
  if (odd === undefined) return null
  return `"${odd.slice(0, 80)}" is no type or name of an object; there is no shell here: no pipes, no redirection, one command a call`
}

/** `rollout status` waits unless told otherwise, and is told so anyway (see `bounded`). */
function endless(call: KubectlCall): Refusal {
  if (call.command === 'rollout status') return null
  for (const name of ['watch', 'follow']) {
    if (isOn(call, name)) return `--${name} is not allowed: a call must end by itself; look once, and again later if you need to`
  }
  return null
}

const OUTPUTS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    get: /^(?:|wide|name|ya?ml|json|(?:jsonpath|jsonpath-as-json|custom-columns)=[^]+)$/,
    events: /^(?:|wide|name|yaml|json)$/,
    'api-resources': /^(?:|wide|name)$/,
    version: /^(?:|yaml|json)$/,
  }),
)

function unknownOutput(call: KubectlCall, command: Command): Refusal {
  if (command.effect === 'write') return null
  const odd = call.flags.find((given) => given.name === 'output' && !(OUTPUTS.get(call.command) ?? /^$/).test(given.value))
  if (odd === undefined) return null
  const offered =
    call.command === 'get'
      ? 'wide, name, yaml, json, jsonpath=…, custom-columns=…'
      : call.command === 'events'
        ? 'wide, name, yaml, json'
        : 'those of its help'
  return `-o ${odd.value.slice(0, 60) || "''"} is not offered for kubectl ${call.command}; use ${offered} (no templates, no files)`
}

/** `label secret x a=b -o yaml --dry-run=client` would print the Secret. */
function outputOfWrites(call: KubectlCall, command: Command): Refusal {
  if (command.effect === 'read') return null
  return call.flags.some((given) => given.name === 'output' && given.value !== 'name')
    ? '-o other than name is not offered for commands that change something'
    : null
}

/**
 * Of Secrets only names, types and counts of keys: what `get` prints as a table or with `-o name`. Never the objects (base64 is no protection),
 * not through expressions, not sorted by their data, and not `describe`, which prints a service account's token in full.
 */
function secretsBeyondNames(call: KubectlCall): Refusal {
  if (call.command !== 'get' && call.command !== 'describe') return null
  if (!typesOf(call).some(isSecret)) return null
  const instead = 'the data of Secrets is never read. Use kubectl get secrets (a table of names, types and numbers of keys) or -o name'
  if (call.command === 'describe') return `describe of a Secret can print a token; ${instead}`
  if (call.flags.some((given) => given.name === 'output' && !['', 'wide', 'name'].includes(given.value)))
    return `-o ${flag(call, 'output')} of Secrets is not allowed: ${instead}`
  if (flag(call, 'sort-by') !== undefined) return `--sort-by of Secrets is not allowed: ${instead}`
  return null
}

function secretsInWrites(call: KubectlCall, command: Command): Refusal {
  if (command.effect === 'read' || call.command === 'delete') return null
  return typesOf(call).some(isSecret) ? 'Secrets are changed by people only; say in recommendations what is to be done' : null
}

function everythingAsObjects(call: KubectlCall): Refusal {
  if (call.command !== 'get' || !typesOf(call).includes('all') || ['', 'wide', 'name'].includes(flag(call, 'output') ?? '')) return null
  return `-o ${flag(call, 'output')} of "all" is too much; name the type and, if you can, the object`
}

/**
 * Every resource type that the arguments can mean, in lower case without version and group: the first argument is a list of types or `TYPE/NAME`,
 * further ones name types only as `TYPE/NAME`. More generous than kubectl, which refuses to mix them.
 */
function typesOf(call: KubectlCall): string[] {
  return call.args
    .filter((arg, i) => i === 0 || arg.includes('/'))
    .flatMap((arg) => arg.split(','))
    .map((part) => part.split('/')[0]!.split('.')[0]!.toLowerCase())
}

const isSecret = (type: string): boolean => type === 'secret' || type === 'secrets'

/** A read with what it left open made finite: `rollout status` waits by default, and `logs` reads from the beginning. */
export function bounded(call: KubectlCall): KubectlCall {
  if (call.command === 'rollout status') return withFlag(call, 'watch', 'false')
  if (call.command !== 'logs') return call
  const asked = Number(flag(call, 'tail') ?? -1)
  const isOfMany = flag(call, 'selector') !== undefined || isOn(call, 'all-pods') || isOn(call, 'all-containers')
  const tail = Number.isInteger(asked) && asked >= 0 ? Math.min(asked, LOG_TAIL_MAX) : isOfMany ? LOG_TAIL_OF_MANY : LOG_TAIL
  return withFlag(call, 'tail', String(tail))
}
