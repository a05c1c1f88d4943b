import { appendFile, readdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { compare, type Parity } from './compare.ts'
import { lookEveryWay } from './looks.ts'
import { PICKED } from './picked.ts'

const USAGE = `usage: npm run parity -- [--jobs N] [--log FILE] [--picked | NAME ...]

Plays scenarios (all of them, the picked ones, or those that are named) on a real control plane, and diagnoses each live from the API
server, from a bundle as troubleshoot.sh collects it and from one that \`inquest bundle\` records. The verdict must be the same: object,
field, healthy. Ends with 1 when one differs or cannot be played; --log appends a line of JSON a scenario.`

const SCENARIOS = join(import.meta.dirname, '../../scenarios')
/** Two at a time keep two processors busy: a play waits much for controllers. */
const JOBS = '2'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

interface Tally {
  same: number
  word: number
  right: number
  bad: string[]
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { jobs: { type: 'string', default: JOBS }, log: { type: 'string' }, picked: { type: 'boolean', default: false } },
  })
  const jobs = Number(values.jobs)
  if (!Number.isInteger(jobs) || jobs < 1 || (values.picked && positionals.length > 0)) {
    say(USAGE)
    return 2
  }
  const dirs =
    positionals.length > 0 ? positionals.map(folderOf) : (values.picked ? PICKED : await allNames()).map((name) => join(SCENARIOS, name))
  const tally: Tally = { same: 0, word: 0, right: 0, bad: [] }
  let [next, done] = [0, 0]
  const lane = async (): Promise<void> => {
    while (next < dirs.length) {
      const dir = dirs[next++]!
      const began = performance.now()
      const found = await tried(dir)
      const seconds = ((performance.now() - began) / 1_000).toFixed(1)
      say(`${String(++done).padStart(3)}/${dirs.length} ${basename(dir)}: ${count(tally, basename(dir), found)}, ${seconds} s`)
      if (values.log) await appendFile(values.log, `${JSON.stringify({ scenario: basename(dir), seconds: Number(seconds), ...found })}\n`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, dirs.length) }, lane))
  say(
    `\n${tally.same} of ${dirs.length} have the same verdict live and from both bundles (${tally.word} to the word), ${tally.right} of them are right`,
  )
  for (const line of tally.bad) say(`  ${line}`)
  return tally.bad.length === 0 ? 0 : 1
}

/** `scenarios/oom`, or only `oom`. */
const folderOf = (name: string): string => (existsSync(join(SCENARIOS, name)) ? join(SCENARIOS, name) : resolve(name))

async function allNames(): Promise<string[]> {
  return (await readdir(SCENARIOS)).filter((name) => existsSync(join(SCENARIOS, name, 'scenario.ts'))).sort()
}

/** A play that fails is a fault of that scenario only. */
async function tried(dir: string): Promise<Parity | { error: string }> {
  try {
    return compare(await lookEveryWay(dir, () => {}))
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function count(tally: Tally, name: string, found: Parity | { error: string }): string {
  if ('error' in found) {
    tally.bad.push(`${name}: ${found.error}`)
    return `FAILED: ${found.error}`
  }
  const { said, isSame, isSameToTheWord, verdict } = found
  if (isSameToTheWord) tally.word++
  if (!isSame) {
    tally.bad.push(`${name}: live ${said.live} | bundle ${said.bundle} | own bundle ${said.own}`)
    return `DIFFERS: live ${said.live} | bundle ${said.bundle} | own bundle ${said.own}`
  }
  tally.same++
  if (verdict === 'right') tally.right++
  return `the same${isSameToTheWord ? ' to the word' : ''}, ${verdict}: ${said.live}`
}

process.exitCode = await main()
