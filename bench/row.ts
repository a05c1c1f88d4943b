/** One line of the table: what was measured, and against what. A ratio is of two figures of the same run. */
export interface Row {
  what: string
  figure: number
  unit: string
  /** The figure it is compared with in the same run, if there is one. */
  against?: { what: string; figure: number }
  /** The goal in words, and whether this run met it. */
  goal?: { text: string; met: boolean }
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

export const percentile = (numbers: readonly number[], p: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * p))] ?? Number.NaN

const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3))

export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`)
  const cells = rows.map((row) => [
    row.what,
    `${number(row.figure)} ${row.unit}`,
    row.against
      ? `${Math.round((row.figure / row.against.figure) * 100)} % of ${row.against.what} (${number(row.against.figure)} ${row.unit})`
      : '',
    row.goal ? `${row.goal.met ? 'met ' : 'MISSED'} ${row.goal.text}` : '',
  ])
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((row) => row[i]!.length)))
  for (const row of cells) console.log(`  ${row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]!) : cell)).join('  ')}`.trimEnd())
}
