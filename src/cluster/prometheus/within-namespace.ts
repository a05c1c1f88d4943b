import type { Prometheus } from './prometheus.ts'

/**
 * The same Prometheus, of which only series with the label `namespace` of one namespace are seen: for tenants who share it. Each
 * selector of a query gets the matcher, as prom-label-proxy does it; a query that asks for another namespace finds nothing.
 */
export function withinNamespace(prometheus: Prometheus, namespace: string): Prometheus {
  return {
    async ask(query, moment, options) {
      const bounded = await boundedQuery(query, namespace)
      return bounded === null
        ? { fault: 'the query is no PromQL that could be bounded to a namespace' }
        : prometheus.ask(bounded, moment, options)
    },
  }
}

/** null: it cannot be parsed. What our parser and Prometheus' could read differently (comments, line ends) is not sent at all. */
export async function boundedQuery(query: string, namespace: string): Promise<string | null> {
  // Loaded where it is needed only.
  const { parser } = await import('@prometheus-io/lezer-promql')
  // One line: a comment would then hide the rest, so a query with one is refused.
  const plain = query.replace(/\s/g, ' ')
  const matcher = `namespace=${JSON.stringify(namespace)}`
  const edits: { at: number; text: string }[] = []
  let isFaulty = false
  parser.parse(plain).iterate({
    enter(node) {
      if (node.type.isError || node.name === 'LineComment') isFaulty = true
      if (node.name !== 'VectorSelector') return
      const braces = node.node.getChild('LabelMatchers')
      edits.push(braces ? { at: braces.from + 1, text: `${matcher},` } : { at: node.to, text: `{${matcher}}` })
    },
  })
  if (isFaulty) return null
  return edits.toSorted((a, b) => b.at - a.at).reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), plain)
}
