import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { timelineOf, until } from '../../test/engine-process.ts'
import { engineHere } from '../../test/engine-here.ts'
import type { RunStep } from '#kinds/run-step'
import type { Workflow } from '#kinds/workflow'
import type { RunOutputs } from './run.ts'

/** Programs of this machine in run steps, each a script that the test wrote and the configuration allows. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const engine = engineHere({ concurrency: 4 })
const dir = mkdtempSync(join(tmpdir(), 'inquest-local-run-'))
afterAll(() => rmSync(dir, { recursive: true }))
let scripts = 0
beforeEach(() => {
  engine().runners = { ...engine().runners, allowedCommands: [], secret: async () => 'hunter2-of-the-vault' }
})

/** A program that is allowed. */
function program(script: string): string {
  const path = join(dir, `script-${scripts++}`)
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  engine().runners = { ...engine().runners, allowedCommands: [...engine().runners.allowedCommands, path] }
  return path
}

type Step = Workflow['spec']['steps'][number]
/** Runs one step; what it left is the output `out` of the Workflow. */
async function run(spec: RunStep, more: Partial<Step> = {}) {
  const here = engine()
  const steps: Step[] = [{ name: 'check', onError: 'Continue', run: spec, ...more }]
  const outputs = [{ name: 'out', expression: 'steps.check.outputs' }]
  const row = await here.investigate(here.workflow({ steps, outputs }), {
    params: { host: 'a b; touch /tmp/x', flag: '--all', dollar: '$(HOME)' },
  })
  const events = await timelineOf(here, row.id)
  const failed = events.find(({ type }) => type === 'step-failed')
  const out = row.outputs?.['out'] as RunOutputs | null
  const artifact = out?.artifact ? (await here.store.artifacts.get(out.artifact))!.content : null
  return { row, events, error: failed ? String(failed.data['error']) : null, out, artifact }
}

describe('what the program is given', () => {
  test('words, each as it is, and no shell', async () => {
    const path = program('for word in "$@"; do echo "<$word>"; done')
    const { out, error } = await run({
      command: [path, 'x', '{{ params.host }}'],
      args: ['--q={{ params.flag }}', '{{ params.dollar }}', '*'],
    })
    expect(error).toBeNull()
    expect(out!.text).toBe('<x>\n<a b; touch /tmp/x>\n<--q=--all>\n<$(HOME)>\n<*>')
    expect(out!.command).toBe(`${path} x "a b; touch /tmp/x" --q=--all "$(HOME)" "*"`)
  })

  test('an environment of its own, an empty home, and nothing of the server', async () => {
    process.env['SERVER_SECRET'] = 'x'
    const path = program('env | sort; echo "$PWD" "$HOME"; ls -A; echo x > here')
    const { out } = await run({
      command: [path],
      env: [
        { name: 'HOST', value: '{{ params.host }}' },
        { name: 'TOKEN', secretKeyRef: { name: 's', key: 'k' } },
      ],
    })
    delete process.env['SERVER_SECRET']
    const names = out!.text.split('\n').map((line) => line.split('=')[0]!)
    expect(names.filter((name) => /^[A-Z_]+$/.test(name) && !['_', 'SHLVL', 'OLDPWD'].includes(name))).toEqual([
      'HOME',
      'HOST',
      'LANG',
      'PATH',
      'PWD',
      'TMPDIR',
      'TOKEN',
    ])
    expect(out!.text).toContain('HOST=a b; touch /tmp/x')
    expect(out!.text).not.toContain('hunter2')
    const [folder, home] = out!.text.split('\n').at(-1)!.split(' ')
    expect(home).toBe(folder)
    expect(existsSync(home!)).toBe(false)
  })

  test.each<[string, RunStep, string]>([
    [
      'a value that would be a flag',
      { command: ['PATH', '{{ params.flag }}'] },
      'run.command[1]: `{{ params.flag }}` gives "--all", which would be read as a flag',
    ],
    ['a variable that is not there', { command: ['PATH', '{{ params.nothing }}'] }, 'undefined variable: params.nothing'],
    [
      'a program that the server does not allow',
      { command: ['/bin/sh', '-c', 'id'] },
      'the server does not allow the program /bin/sh. Start it with --allowed-commands /bin/sh.',
    ],
  ])('refuses %s', async (_, spec, says) => {
    const path = program('echo ran')
    const { error, out } = await run({ ...spec, command: spec.command!.map((word) => (word === 'PATH' ? path : word)) })
    expect(error).toContain(says)
    expect(out).toBeNull()
  })

  test('refuses one that cannot be started', async () => {
    const path = program('')
    rmSync(path)
    expect((await run({ command: [path] })).error).toContain(`the program ${path} could not be started`)
  })
})

describe('what it leaves', () => {
  test('exit code, end of the output, JSON, and the whole as an artifact', async () => {
    const { out, artifact, events } = await run({
      command: [program(`echo looking; echo oops >&2; echo '{"ok": true, "n": 3, "password": "hunter2!"}'`)],
    })
    expect(out).toEqual({
      command: expect.any(String),
      exitCode: 0,
      summary: 'exit code 0, 3 lines',
      text: expect.stringContaining('looking'),
      json: { ok: true, n: 3, password: '[REDACTED:value]' },
      artifact: expect.any(String),
      bytes: expect.any(Number),
    })
    expect(artifact).toMatch(/^\$ .*\n/)
    expect(artifact).toContain('oops')
    expect(artifact).not.toContain('hunter2')
    expect(events.find(({ type }) => type === 'printed')!.data).toMatchObject({
      text: '3 lines in all',
      output: expect.stringContaining('looking'),
    })
  })

  test('bytes that are no text cost nothing', async () => {
    const { error, out, artifact } = await run({ command: [program(`printf 'a\\000b \\377\\n{"c": "\\\\u0000 \\\\ud83d"}'`)] })
    expect(error).toBeNull()
    expect(out).toMatchObject({ text: 'a\uFFFDb \uFFFD\n{"c": "\\u0000 \\ud83d"}', json: { c: '\uFFFD \uFFFD' } })
    expect(artifact).toContain('a\uFFFDb')
  })

  test('is shown as it comes', async () => {
    const go = join(dir, 'go')
    const path = program(`echo first; while [ ! -e ${go} ]; do sleep 0.05; done; echo second`)
    const here = engine()
    const { id } = await here.engine.investigate({
      namespace: 'shop',
      workflow: here.workflow({ steps: [{ name: 'check', run: { command: [path] } }] }),
    })
    await until('the first line', async () =>
      (await timelineOf(here, id)).some(({ type, data }) => type === 'printed' && data['output'] === 'first'),
    )
    writeFileSync(go, '')
    expect((await here.ended(id)).phase).toBe('Succeeded')
    expect((await timelineOf(here, id)).filter(({ type }) => type === 'printed').map(({ data }) => data['output'])).toEqual([
      'first',
      'second',
    ])
  })

  test('an exit code that is none of success fails the step, with its last words', async () => {
    const path = program('echo one; echo no such host >&2; exit 3')
    const { error } = await run({ command: [path] })
    expect(error).toContain('the program ended with exit code 3; it printed at last:')
    expect(error).toContain('no such host')
    expect((await run({ command: [path], successExitCodes: [0, 3] })).out).toMatchObject({ exitCode: 3 })
  })

  test('a step that is tried again starts it again', async () => {
    const tries = join(dir, 'tries')
    const path = program(`echo x >> ${tries}; [ $(wc -l < ${tries}) -eq 3 ] && echo well || exit 1`)
    const { out, row } = await run({ command: [path] }, { retry: { limit: 3, backoff: { duration: '1ms' } } })
    expect(out).toMatchObject({ text: 'well', exitCode: 0 })
    expect(readFileSync(tries, 'utf8')).toBe('x\nx\nx\n')
    const { rows } = await engine().pool.query(
      'select try, outcome is not null as ended from run_jobs where investigation_id = $1 order by try',
      [row.id],
    )
    expect(rows).toEqual([1, 2, 3].map((n) => ({ try: n, ended: true })))
  })
})

describe('a program that does not end', () => {
  const alive = (file: string): boolean => {
    try {
      // One that nobody has taken note of yet (Z) has ended.
      return !/\) Z /.test(readFileSync(`/proc/${readFileSync(file, 'utf8').trim()}/stat`, 'utf8'))
    } catch {
      return false
    }
  }

  test('is stopped in time with all that it started, and says what it printed', async () => {
    const pid = join(dir, 'pid')
    const path = program(`trap '' TERM; sleep 600 & echo $! > ${pid}; echo waiting; wait; sleep 600`)
    const { error } = await run({ command: [path] }, { timeout: '300ms' })
    expect(error).toMatch(
      /^the program did not end within \d+\w+ and was stopped. Give the step a longer `timeout`.*It printed at last: waiting/,
    )
    expect(alive(pid)).toBe(false)
  })

  test('is stopped before the investigation is, so that what it printed is told', async () => {
    const here = engine()
    const steps: Step[] = [
      { name: 'check', onError: 'Continue', timeout: '1m', run: { command: [program('echo waiting; exec sleep 600')] } },
    ]
    const row = await here.investigate(here.workflow({ steps, timeout: '2s' }))
    const failed = (await timelineOf(here, row.id)).find(({ type }) => type === 'step-failed')
    expect(String(failed!.data['error'])).toMatch(
      /did not end within \d\w+, all that the investigation had left for it, and was stopped. Give the Workflow a longer `timeout`.*printed at last: waiting/,
    )
  })

  test('is stopped when the investigation is cancelled', async () => {
    const pid = join(dir, 'pid-cancelled')
    const path = program(`echo $$ > ${pid}; exec sleep 600`)
    const here = engine()
    const { id } = await here.engine.investigate({
      namespace: 'shop',
      workflow: here.workflow({ steps: [{ name: 'check', run: { command: [path] } }] }),
    })
    await until('the program', () => alive(pid))
    await here.engine.cancel(id, 'ada')
    await until('its end', () => !alive(pid))
    expect((await here.ended(id)).phase).toBe('Cancelled')
  })

  test('nor one whose child keeps the pipe', async () => {
    const { out } = await run({ command: [program('setsid sleep 20 & echo done')] }, { timeout: '15s' })
    expect(out).toMatchObject({ text: 'done', exitCode: 0 })
  })

  test('nor one that prints for ever', async () => {
    const before = process.memoryUsage().rss
    const { error, out } = await run({ command: [program('exec yes "a line of some length that is printed again and again"')] })
    expect(error).toContain('the program printed more than 128 MB and was stopped. Let it print less, or write elsewhere.')
    expect(out).toBeNull()
    expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20)
  })
})
