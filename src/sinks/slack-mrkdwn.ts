import { clean, cleanLine } from './report.ts'

/**
 * Text in Slack's mrkdwn. Three characters open its control sequences, and those three alone are escaped: then `<!channel>` in a log line
 * mentions nobody. Limits count escaped characters, as Slack does.
 */

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Escaped, and at most `max` long: cut neither within an escape nor within a character of two halves. */
export function escape(text: string, max: number): string {
  const whole = text.replace(/[&<>]/g, (char) => ESCAPES[char]!)
  if (whole.length <= max) return whole
  let out = ''
  for (const char of text) {
    const next = ESCAPES[char] ?? char
    if (out.length + next.length > max - 1) break
    out += next
  }
  return `${out}…`
}

/** In the middle of a sentence. */
export const prose = (text: string, max: number): string => escape(cleanLine(text), max)

/** A code span. mrkdwn has no way to write a backtick in one. */
export const code = (text: string, max: number): string => `\`${escape(cleanLine(text).replaceAll('`', "'") || ' ', max)}\``

/** A block of code; a command in it can be copied as it is. */
export const fence = (text: string, max: number): string => `\`\`\`\n${escape(clean(text).replaceAll('```', "'''"), max)}\n\`\`\``

/** What a template said. Markdown's bold is taken over, so that one template serves all sinks. */
export const template = (text: string, max: number): string =>
  escape(
    text
      .split('\n')
      .map(clean)
      .join('\n')
      .trim()
      .replace(/\*\*(?=\S)([^*\n]+)(?<=\S)\*\*/g, '*$1*'),
    max,
  )

const MAX_URL = 1_500

/** Empty for what is no http or https address. */
export function link(address: string, label: string): string {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) return ''
  const target = url.href.replaceAll('|', '%7C').replace(/[&<>]/g, (char) => ESCAPES[char]!)
  return target.length > MAX_URL ? '' : `<${target}|${label}>`
}
