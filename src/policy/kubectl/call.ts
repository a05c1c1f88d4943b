/** A kubectl call as its parser understood it: what the rules judge, what is run, and what a person would be asked to approve. */
export interface KubectlCall {
  /** The command with its subcommand, by its full name: `get`, `rollout undo`, `top pod`. */
  command: string
  /** In the order given, by their long names; a boolean's value is `true` or `false`. */
  flags: readonly GivenFlag[]
  /** What is neither command nor flag: types, names, `TYPE/NAME`, `key=value`. */
  args: readonly string[]
}

export interface GivenFlag {
  name: string
  value: string
}

/** The value that counts when a flag is given more than once: the last, as in pflag. */
export const flag = (call: KubectlCall, name: string): string | undefined => call.flags.findLast((given) => given.name === name)?.value

/** Whether a boolean flag ends up set. */
export const isOn = (call: KubectlCall, name: string): boolean => flag(call, name) === 'true'

/** The same call with a flag put to a value, wherever and how often it was given. */
export const withFlag = (call: KubectlCall, name: string, value: string): KubectlCall => ({
  ...call,
  flags: [...call.flags.filter((given) => given.name !== name), { name, value }],
})

/**
 * The call in its one unambiguous form: command, `--name=value` for every flag, `--`, arguments. This and never the text that was judged is
 * what runs, so that no difference between our reading and kubectl's can matter.
 */
export const asArgv = (call: KubectlCall): string[] => [
  ...call.command.split(' '),
  ...call.flags.map((given) => `--${given.name}=${given.value}`),
  ...(call.args.length > 0 ? ['--', ...call.args] : []),
]

/** As a person types it in a shell. */
export const asCommandLine = (call: KubectlCall): string =>
  [
    'kubectl',
    ...call.command.split(' '),
    ...call.args.map(quoted),
    ...call.flags.map((given) => (given.value === 'true' ? `--${given.name}` : quoted(`--${given.name}=${given.value}`))),
  ].join(' ')

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)
