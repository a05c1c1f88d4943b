import { execFile } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { kubectlPath } from '../../../test/kubectl.ts'
import { ALIASES, COMMANDS } from './commands.ts'
import { GLOBAL_FLAGS } from './flags.ts'

/** Our tables against the program itself: what it says about flags before it talks to anyone. */
let kubectl = ''
beforeAll(async () => {
  kubectl = await kubectlPath()
})

const complaint = (argv: readonly string[]): Promise<string> =>
  new Promise((resolve) =>
    execFile(kubectl, argv, { env: { HOME: '/nonexistent', KUBECONFIG: '/dev/null' }, timeout: 15_000 }, (_, stdout, stderr) =>
      resolve(stderr + stdout),
    ),
  )

const SENTINEL = '--not-a-flag-of-kubectl'
/** Numbers and durations: the sentinel is no value for them, so each is asked alone. */
const TYPED = new Set(
  'tail limit-bytes max-log-requests since timeout revision to-revision replicas current-replicas grace-period min max cpu-percent'.split(
    ' ',
  ),
)

describe('kubectl itself reads flags as our tables say', () => {
  test.concurrent.each([...COMMANDS.values()].map((command) => [command.path, command] as const))('%s', async (path, command) => {
    const words = path.split(' ')
    const all = [...command.flags, ...GLOBAL_FLAGS]
    const bare = all.filter((flag) => flag.bare !== null).flatMap((flag) => [`--${flag.name}`, ...(flag.short ? [`-${flag.short}`] : [])])
    expect(await complaint([...words, ...bare, SENTINEL])).toContain(`unknown flag: ${SENTINEL}`)
    const valued = all
      .filter((flag) => flag.bare === null && !TYPED.has(flag.name))
      .flatMap((flag) => [`--${flag.name}`, ...(flag.short ? [`-${flag.short}`] : [])])
    expect(await complaint([...words, ...valued.flatMap((flag) => [flag, SENTINEL]), SENTINEL])).toContain(`unknown flag: ${SENTINEL}`)
    for (const flag of all.filter((flag) => TYPED.has(flag.name))) {
      expect(await complaint([...words, `--${flag.name}`])).toContain(`flag needs an argument: --${flag.name}`)
    }
  })

  test('underscores in names of flags are dashes', async () => {
    expect(await complaint(['get', '--all_namespaces', SENTINEL])).toContain(`unknown flag: ${SENTINEL}`)
  })

  test.each([...ALIASES])('%s is %s', async (alias, path) => {
    expect(await complaint([...alias.split(' '), SENTINEL])).toContain(`See 'kubectl ${path} --help'`)
  })
})
