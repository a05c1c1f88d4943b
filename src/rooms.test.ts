import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The floor plan as a test. A room imports only from rooms above it, only by their faces (`#room`), and each library
 * that matters has one home. package.json `imports` is the list of faces.
 */
const ROOMS = [
  'kit',
  'expr',
  'kinds',
  'policy',
  'alert',
  'store',
  'cluster',
  'diagnosis',
  'sources',
  'sinks',
  'agent',
  'workflow',
  'operator',
  'server',
  'cli',
]
/** These two are shelves of small faces: each file is one, named `#kit/clock`. */
const SHELVES = ['kit', 'kinds']

const HOMES: Record<string, readonly string[]> = {
  'src/kit/': ['undici', 'pino', '@opentelemetry/api', '@secretlint/core', '@secretlint/secretlint-rule-preset-recommend', 'uuid'],
  'src/expr/': ['@marcbachmann/cel-js', 'liquidjs', 're2js'],
  'src/store/': ['pg', '@electric-sql/pglite', 'node:sqlite'],
  'src/cluster/': ['@kubernetes/client-node', 'tar-stream', 'yauzl'],
  'src/sinks/': ['@slack/web-api'],
  'src/agent/': ['ai', '@ai-sdk/anthropic', '@ai-sdk/openai', '@ai-sdk/openai-compatible', '@ai-sdk/mcp'],
  'src/workflow/': ['@dbos-inc/dbos-sdk'],
  'src/server/': ['hono', '@hono/node-server', 'prom-client'],
  'src/cli/': ['commander'],
}

const src = import.meta.dirname
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({
    path: file,
    room: file.includes('/') ? file.slice(0, file.indexOf('/')) : 'main',
    text: readFileSync(join(src, file), 'utf8'),
  }))
const sources = files.filter((file) => !file.path.endsWith('.test.ts'))

/** Specifiers of static imports and re-exports, dynamic imports and `import type`; `types: false` leaves out what is erased. */
function imports(text: string, options: { types: boolean }): string[] {
  const found: string[] = []
  for (const [, type, specifier] of text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'/gm))
    if (options.types || !type) found.push(specifier!)
  for (const [, specifier] of text.matchAll(/(?:^\s*import\s+|\bimport\(\s*)'([^']+)'/gm)) found.push(specifier!)
  return found
}

const roomOf = (specifier: string): string => specifier.slice(1).split('/')[0]!

describe('the floor plan', () => {
  test('package.json imports name exactly the faces that stand', () => {
    const plan = JSON.parse(readFileSync(join(src, '../package.json'), 'utf8')).imports as Record<string, string>
    const standing = ROOMS.filter((room) => sources.some((file) => file.room === room))
    const expected = Object.fromEntries(
      standing.map((room) => (SHELVES.includes(room) ? [`#${room}/*`, `./src/${room}/*.ts`] : [`#${room}`, `./src/${room}/${room}.ts`])),
    )
    expect(plan).toEqual(expected)
    for (const room of standing.filter((room) => !SHELVES.includes(room))) expect(existsSync(join(src, room, `${room}.ts`))).toBe(true)
  })

  test.each(sources.filter((file) => file.room !== 'main').map((file) => [file.path, file] as const))(
    '%s imports only from above',
    (_, file) => {
      const specifiers = imports(file.text, { types: true })
      const fromBelow = specifiers.filter((one) => one.startsWith('#') && ROOMS.indexOf(roomOf(one)) >= ROOMS.indexOf(file.room))
      expect(fromBelow, `they stand below ${file.room}, or beside it`).toEqual([])
      const strays = specifiers.filter(
        (one) => one.startsWith('.') && !relative(src, resolve(src, dirname(file.path), one)).startsWith(`${file.room}/`),
      )
      expect(strays, 'they leave the room: use #room').toEqual([])
    },
  )

  test.each(Object.entries(HOMES))('%s is the only home of its libraries', (home, libraries) => {
    const strays = sources
      .filter((file) => !`src/${file.path}`.startsWith(home))
      .flatMap((file) => imports(file.text, { types: false }).map((specifier) => ({ file: file.path, specifier })))
      .filter(({ specifier }) => libraries.some((library) => specifier === library || specifier.startsWith(`${library}/`)))
    expect(strays).toEqual([])
  })

  test('the global fetch is used nowhere outside kit', () => {
    expect(sources.filter((file) => file.room !== 'kit' && /(?<![.\w])fetch\(/.test(file.text)).map((file) => file.path)).toEqual([])
  })
})

describe('size', () => {
  const lines = (text: string): number => text.split('\n').length
  test('no source file is over 400 lines, no test over 800', () => {
    expect(files.filter((file) => lines(file.text) > (file.path.endsWith('.test.ts') ? 800 : 400)).map((file) => file.path)).toEqual([])
  })
  test('the median source file has at most 120 lines', () => {
    const sorted = sources.map((file) => lines(file.text)).sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(120)
  })
})
