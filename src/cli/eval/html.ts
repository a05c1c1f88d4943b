/** Text that is safe as HTML. */
export interface Markup {
  readonly html: string
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const raw = (html: string): Markup => ({ html })

type Part = string | number | Markup | readonly Markup[]

const markup = (part: Part): string => {
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(({ html }) => html).join('')
  return String(part).replace(/[&<>"']/g, (sign) => ESCAPES[sign]!)
}

/** HTML from a template: what is put in is escaped, unless it is Markup already. Names, summaries and log lines come from a cluster. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  raw(strings.map((text, i) => (i === 0 ? text : markup(parts[i - 1]!) + text)).join(''))
