import { describe, expect, test } from 'vitest'
import { renderTable } from './table.ts'

/** As kubectl pads its tables. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)) + 3)
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('')).join('\n') + '\n'
}

const HEAD = ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']
const running = (i: number): string[] => [`web-${i}`, '1/1', 'Running', '0', '5d']

describe('renderTable', () => {
  test('takes out the padding and keeps empty cells visible', () => {
    const { text, left } = renderTable(
      table([
        ['NAME', 'SHORTNAMES', 'LAST SEEN', 'CPU(cores)'],
        ['bindings', '', '5m ago', '12m'],
        ['x', 'y', '', '1'],
      ]),
      1000,
    )
    expect(text).toBe('NAME  SHORTNAMES  LAST SEEN  CPU(cores)\nbindings  -  5m ago  12m\nx  y  -  1')
    expect(left).toBe(false)
  })

  test('shows what is not in order first and counts the rest', () => {
    const rows = Array.from({ length: 400 }, (_, i) => running(i))
    rows.splice(
      390,
      0,
      ['bad-1', '0/1', 'CrashLoopBackOff', '12 (3m ago)', '1h'],
      ['slow', '0/1', 'Running', '0', '1h'],
      ['again', '1/1', 'Running', '3 (2m ago)', '1h'],
    )
    rows.push(['done', '0/1', 'Completed', '0', '1d'])
    const { text, left, summary } = renderTable(table([HEAD, ...rows]), 1500)
    expect(text.length).toBeLessThanOrEqual(1500)
    expect(text).toMatch(/bad-1 {2}0\/1 {2}CrashLoopBackOff {2}12 \(3m ago\) {2}1h\nslow .*\nagain /)
    expect(text).toMatch(/… \d+ more rows \(\d+ Running, 1 Completed\); narrow by -n, -l, --field-selector or a name$/)
    expect(summary).toBe('404 rows, 3 of them not in order')
    expect(left).toBe(true)
    const shown = text.split('\n').length - 2
    expect(Number(/… (\d+) more/.exec(text)![1])).toBe(404 - shown)
  })

  test('of events: the warnings, and the newest, which stand last', () => {
    const rows = Array.from({ length: 300 }, (_, i) => [
      `${300 - i}s`,
      i === 5 ? 'Warning' : 'Normal',
      'Pulled',
      `pod/web-${i}`,
      `Container image number ${i} is there`,
    ])
    const { text } = renderTable(table([['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'], ...rows]), 1500)
    expect(text).toContain('Warning  Pulled  pod/web-5')
    expect(text).toContain('pod/web-299')
    expect(text).not.toContain('pod/web-6 ')
  })

  test('several tables (get all) and rows without a header', () => {
    const two = `${table([
      ['NAME', 'READY'],
      ['pod/a', '1/1'],
    ])}\n${table([
      ['NAME', 'TYPE'],
      ['service/a', 'ClusterIP'],
    ])}`
    expect(renderTable(two, 1000).text).toBe('NAME  READY\npod/a  1/1\n\nNAME  TYPE\nservice/a  ClusterIP')
    expect(renderTable('web-1     1/1     Running\n', 1000)).toMatchObject({ text: 'web-1  1/1  Running', summary: '1 row' })
  })

  test('a cell with a line break loses nothing', () => {
    expect(renderTable('NAME   MESSAGE\na      one\ntwo three four five\n', 1000).text).toBe('NAME  MESSAGE\na  one\ntwo three four five')
  })
})
