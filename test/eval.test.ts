import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Result } from '#kinds/result'
import { inquest } from './inquest.ts'

const SCENARIOS = join(import.meta.dirname, '../scenarios')
const WORKER_2 = 'object: {apiVersion: v1, kind: Node, name: worker-2}\nfamily: node\n'

/** Five cases: right, right and healthy, wrong, not judged, and one that cannot be read; and a folder that is none. */
let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'inquest-eval-'))
  const put = (path: string, from: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    cpSync(join(SCENARIOS, from), join(dir, path))
  }
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  for (const file of ['bundle.tgz', 'alert.json']) put(`nodes/silent/${file}`, `node-not-ready/${file}`)
  write('nodes/silent/expected.yaml', WORKER_2)
  put('fine/bundle.tgz', 'healthy/bundle.tgz')
  write('fine/expected.yaml', 'healthy: true\n')
  for (const file of ['bundle.tgz', 'alert.json']) put(`misjudged/${file}`, `oom/${file}`)
  write('misjudged/expected.yaml', WORKER_2)
  put('nobody-knows/bundle.tgz', 'oom/bundle.tgz')
  write('broken/bundle.tgz', 'not an archive')
  write('unrecorded/expected.yaml', 'healthy: true\n')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('inquest eval', () => {
  test('prints one line a case as JSON, in order, and its progress as plain lines when nobody watches', async () => {
    const { code, out, err } = await inquest(['eval', dir, '-o', 'jsonl', '--concurrency', '2'])
    expect(code).toBe(0)
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => [line.case, line.verdict])).toEqual([
      ['broken', 'unjudged'],
      ['fine', 'right'],
      ['misjudged', 'wrong'],
      ['nobody-knows', 'unjudged'],
      ['nodes/silent', 'right'],
    ])
    for (const { result } of lines.slice(1)) Result.parse(result)
    expect(Object.keys(lines[1])).toEqual(['case', 'seconds', 'expected', 'verdict', 'result'])
    expect(lines[1].expected).toEqual({ healthy: true })
    expect(lines[3].expected).toBeNull()
    expect(lines[0]).toMatchObject({ result: null, error: expect.stringContaining('neither a folder nor') })
    expect(err).toMatch(/^[1-5]\/5 wrong +misjudged \d/m)
    expect(err).toContain('no bundle: unrecorded')
    expect(out + err).not.toContain('\u001B')
  })

  test('counts by family and names every miss with what was expected and what was found', async () => {
    const { code, out } = await inquest(['eval', dir])
    expect(code).toBe(0)
    expect(out).toMatch(/^node +2 +1 \(50 %\) +1 \(50 %\) /m)
    expect(out).toMatch(/^healthy +1 +1 \(100 %\) .* 0 of 1 /m)
    expect(out).toMatch(/^misjudged: wrong\n +expected +Node worker-2\n +found +Deployment analytics\/aggregator/m)
  })

  test('makes a page of a single case', async () => {
    const { code, out } = await inquest(['eval', join(dir, 'nodes/silent'), '-o', 'html'])
    expect(code).toBe(0)
    expect(out).toMatch(/^<!doctype html>/)
    expect(out).toContain('1 (100 %)')
  })

  test.each([
    ['a folder without cases', ['unrecorded'], 'holds no case'],
    ['a folder that is not there', ['nowhere'], 'cannot read'],
    ['a concurrency of nothing', ['fine', '--concurrency', '0'], 'from 1 to 64'],
  ])('refuses %s with the remedy, and exits with 2', async (_, [folder, ...args], said) => {
    const { code, out, err } = await inquest(['eval', join(dir, folder!), ...args])
    expect(err).toContain(said)
    expect([code, out]).toEqual([2, ''])
  })
})
