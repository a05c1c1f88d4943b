import { describe, expect, test } from 'vitest'
import { renderLog } from './log-lines.ts'

describe('renderLog', () => {
  test('a short log stays as it is', () => {
    expect(renderLog('one\ntwo\n', 1000)).toEqual({ text: 'one\ntwo', left: false, summary: '2 lines, 2 kinds' })
    expect(renderLog('\n', 1000)).toMatchObject({ text: 'The log is empty.' })
  })

  test.each([
    ['numbers', 'took 12ms for 3.5MiB', 'took 7ms for 12MiB'],
    ['times', '2026-03-01T10:00:00.123456Z tick', '2026-03-01T11:30:59Z tick'],
    ['klog heads', 'E0301 10:00:00.123456   1 a.go:12] no', 'E0302 11:00:09.999999   1 a.go:12] no'],
    ['ids', 'request 0e0ce9f6-1111-4000-8000-00000000aaaa failed', 'request 7b0ce9f6-2222-4000-8000-00000000bbbb failed'],
    ['pods', 'pod web-6f9d8c7b5d gone', 'pod web-7c8b9d6f5a gone'],
    ['addresses', 'dial 10.0.0.1:5432 refused', 'dial 10.12.0.17:5433 refused'],
    ['syslog', 'Mar  1 10:00:00 host x', 'Apr 12 10:10:10 host x'],
  ])('lines alike but for %s are one kind', (_, a, b) => {
    const { text, summary } = renderLog(`${a}\n${b}\n`, 1000)
    expect(summary).toMatch(/^2 lines, 1 kind/)
    expect(text).toMatch(/^×2( since 10:00:00)? /m)
    expect(text.endsWith(b)).toBe(true)
  })

  test('the first of alike lines is dated by the line itself', () => {
    expect(renderLog('{"time":"2026-03-01T10:00:00.1Z","n":1}\n{"time":"2026-03-01T12:00:00.1Z","n":2}', 1000).text).toContain(
      '×2 since 10:00:00 {"time":"2026-03-01T12:00:00.1Z","n":2}',
    )
  })

  test.each([
    ['GET /cart', 'POST /cart'],
    ['level=info msg=ready', 'level=error msg=ready'],
    ['connect to orders refused', 'connect to payments refused'],
  ])('%s and %s are two', (a, b) => expect(renderLog(`${a}\n${b}`, 1000).summary).toMatch(/^2 lines, 2 kinds/))

  test('the order is that of the last lines, so that a crash reads as it ended', () => {
    expect(renderLog('try 1\nstart\ntry 2\npanic: x\n', 1000).text.split('\n').slice(1)).toEqual(['start', '×2 try 2', 'panic: x'])
  })

  test('what does not fit: beginning, errors and most of the end stay, gaps are counted', () => {
    const words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon'.split(' ')
    const lines = words.flatMap((a) => words.map((b) => `${a} ${b} is doing its ordinary work in the ordinary way`))
    lines[150] = 'java.lang.OutOfMemoryError: Java heap space'
    const { text, left } = renderLog(lines.join('\n'), 3000)
    expect(text.length).toBeLessThanOrEqual(3000)
    expect(text).toContain('OutOfMemoryError')
    expect(text).toContain('alpha alpha is')
    expect(text).toContain('upsilon upsilon is')
    expect(left).toBe(true)
    const gaps = [...text.matchAll(/… (\d+) lines? left out …/g)].reduce((n, match) => n + Number(match[1]), 0)
    const shown = text.split('\n').filter((line) => !line.startsWith('…')).length
    expect(gaps + shown).toBe(400)
  })

  test('one endless line is cut', () => {
    const { text, left } = renderLog(`{"a":"${'x'.repeat(50_000)}"}`, 2000)
    expect(text).toMatch(/x…\(\+\d+\)$/)
    expect(text.length).toBeLessThan(600)
    expect(left).toBe(true)
  })
})
