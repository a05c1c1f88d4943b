import { parser } from '@prometheus-io/lezer-promql'

/** Where a query stops being PromQL, for the one who wrote it; null when it is PromQL. Character positions count from 1, as Prometheus' own. */
export function promqlFault(query: string): string | null {
  if (query.trim() === '') return 'the query is empty'
  if (query.length > 4_000) return `the query has ${query.length} characters; at most 4000 are sent`
  let at: number | null = null
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError && at === null) at = node.from
      return at === null
    },
  })
  return at === null ? null : `parse error at character ${at + 1}: ${excerpt(query, at)}${hint(query, at)}`
}

/** `…(rate(x[5m⟨here⟩]` */
function excerpt(query: string, at: number): string {
  const before = query.slice(Math.max(0, at - 40), at)
  const after = query.slice(at, at + 20)
  return `${at > 40 ? '…' : ''}${before}⟨here⟩${after}${at + 20 < query.length ? '…' : ''}`.replace(/\s+/g, ' ')
}

function hint(query: string, at: number): string {
  const word = /([A-Za-z_]\w*)\s*$/.exec(query.slice(0, at))?.[1]
  if (query[at] === '(' && word) return ` (there is no function ${word})`
  if (query.slice(at - 1, at + 1) === '==' && query.slice(0, at).lastIndexOf('{') > query.slice(0, at).lastIndexOf('}'))
    return ' (labels are matched with =, !=, =~ and !~)'
  const open = unclosed(query)
  return open && at >= query.trimEnd().length ? ` (${open} is not closed)` : ''
}

/** The last bracket that is opened and not closed, strings left out. */
function unclosed(query: string): string | null {
  const open: string[] = []
  for (const c of query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')) {
    if ('([{'.includes(c)) open.push(c)
    else if (')]}'.includes(c)) open.pop()
  }
  return open.at(-1) ?? null
}
