/** A line of a program's own in which it complains: klog's, JSON's and logfmt's levels, and those of nginx and Traefik. */
const COMPLAINS =
  /^[EWF]\d{4} |"level":\s*"(?:error|warn\w*|fatal)"|\blevel=(?:error|warn\w*|fatal)\b|\[(?:error|warn|emerg|crit)\]|\b(?:ERR|WRN)\b/i
/** Of what it was told to do, which it reads once; complaints of single requests are many and recent. */
const OF_CONFIGURATION = /annotation|configur|ingress|route|ignor|reject|skipp/i
const OF_REQUEST = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \/|\bclient: |\bupstream\b/
const MOST = 50

/**
 * The last lines of a log, and of those before only the complaints about its configuration: a program that writes a line for every request buries
 * within minutes what it said of an object when it read it.
 */
export function unburied(lines: readonly string[], tail: number): string[] {
  const start = Math.max(0, lines.length - tail)
  const told = lines.slice(0, start).filter((l) => COMPLAINS.test(l) && OF_CONFIGURATION.test(l) && !OF_REQUEST.test(l))
  return [...told.slice(-MOST), ...lines.slice(start)]
}
