const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** How programs write the time: ISO and its kin, klog (without a year), web servers, seconds since 1970 in JSON. */
const FORMS: readonly [RegExp, (m: RegExpExecArray) => number][] = [
  [/(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)/, (m) => utc(m[1], Number(m[2]) - 1, m[3], m[4], m[5], m[6])],
  [/^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)/, (m) => utc(2000, Number(m[1]) - 1, m[2], m[3], m[4], m[5])],
  [/\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)/, (m) => utc(m[3], MONTHS.indexOf(m[2]!) / 3, m[1], m[4], m[5], m[6])],
  [/"(?:ts|time|timestamp)"\s*:\s*(\d{10})(?:\.\d+)?\b/, (m) => Number(m[1]) * 1_000],
]
const HEAD = 160

const utc = (...[year, month, day, hour, minute, second]: unknown[]): number =>
  Date.UTC(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))

/**
 * When the lines of one log were written, ms; a line that does not say so belongs to the one before. Only differences mean something: a
 * clock's zone and klog's year are not known. All are read in the form that most of them have.
 */
export function lineTimes(lines: readonly string[]): (number | null)[] {
  const heads = lines.map((line) => line.slice(0, HEAD))
  const [most] = FORMS.map((form) => ({ form, count: heads.filter((head) => form[0].test(head)).length })).sort((a, b) => b.count - a.count)
  const [pattern, read] = most!.form
  let before: number | null = null
  return heads.map((head) => {
    const match = pattern.exec(head)
    return (before = match ? read(match) : before)
  })
}
