import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { compileTemplate } from '#expr'

/**
 * What an experienced person looks at first, what counts as proof, and what usually mends it, one Markdown file a family of alerts in
 * `library/`. The front matter says which alerts: `alerts` by name, `match` by patterns with `*`, both whatever the case.
 */
export interface Runbook {
  /** The file's name: `pod-crash-looping`. */
  name: string
  alerts: readonly string[]
  match: readonly string[]
  /** Liquid over the names of `Subject`. */
  template: string
}

/** What a runbook is about, from the alert's labels. What they do not tell stays a placeholder such as `<pod>`. */
const SUBJECT = ['namespace', 'pod', 'container', 'workload', 'job', 'scrapejob', 'node', 'instance', 'service', 'pvc', 'hpa'] as const
type Subject = Record<(typeof SUBJECT)[number], string>

const LIBRARY = new URL('./library/', import.meta.url)
const FALLBACK = 'generic'

const FrontMatter = z.strictObject({ alerts: z.array(z.string()), match: z.array(z.string()) })

/** All of them, by name. Their paths hold in a checkout and in the built package. */
export const runbooks: readonly Runbook[] = readdirSync(LIBRARY)
  .filter((file) => file.endsWith('.md'))
  .sort()
  .map((file) => read(file.slice(0, -'.md'.length), readFileSync(new URL(file, LIBRARY), 'utf8')))

function read(name: string, text: string): Runbook {
  const [, front, template] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? []
  if (front === undefined || template === undefined) throw new Error(`runbook ${name} has no front matter`)
  return { name, ...FrontMatter.parse(parse(front)), template: template.trim() }
}

/**
 * The runbook for an alert, filled from its labels; the generic one when none is about it. null only without an alert's name.
 * The most exact match wins: the name itself, then the pattern with the most letters.
 */
export function findRunbook(
  alertName: string | undefined,
  labels: Readonly<Record<string, string>>,
): { name: string; text: string } | null {
  if (!alertName) return null
  const runbook = bestMatch(alertName) ?? runbooks.find(({ name }) => name === FALLBACK)!
  return { name: runbook.name, text: fill(runbook, labels) }
}

/** A runbook that a Workflow names; null when there is none of that name. */
export function runbookByName(name: string, labels: Readonly<Record<string, string>>): { name: string; text: string } | null {
  const runbook = runbooks.find((one) => one.name === name)
  return runbook ? { name, text: fill(runbook, labels) } : null
}

const fill = (runbook: Runbook, labels: Readonly<Record<string, string>>): string =>
  compileTemplate(runbook.template, SUBJECT, { field: `runbook ${runbook.name}` })({ ...subjectOf(labels) })

function bestMatch(alertName: string): Runbook | null {
  const wanted = plain(alertName)
  let best: { runbook: Runbook; weight: number } | null = null
  for (const runbook of runbooks) {
    const weight = runbook.alerts.some((alert) => plain(alert) === wanted)
      ? Infinity
      : Math.max(0, ...runbook.match.filter((pattern) => fits(pattern, wanted)).map((pattern) => plain(pattern.replaceAll('*', '')).length))
    if (weight > 0 && weight > (best?.weight ?? 0)) best = { runbook, weight }
  }
  return best?.runbook ?? null
}

/** `Kube_Pod-Crash Looping` and `KubePodCrashLooping` are one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** `*CrashLoop*`: the parts between the stars come in this order. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map(plain)
  let at = 0
  for (const [i, part] of parts.entries()) {
    const found = i === parts.length - 1 && part !== '' ? name.lastIndexOf(part) : name.indexOf(part, at)
    if (found < at || (i === 0 && found > 0)) return false
    at = found + part.length
  }
  return pattern.endsWith('*') || at === name.length
}

/**
 * Labels are somebody else's words inside our own instructions: only what can be the name of an object (or an address) is taken over, so that no
 * label can order the model about.
 */
function subjectOf(labels: Readonly<Record<string, string>>): Subject {
  const pick = (placeholder: string, ...names: string[]): string => {
    const found = names
      .flatMap((name) => [labels[`exported_${name}`], labels[name]])
      .find((value) => value !== undefined && /^[A-Za-z0-9]([\w.:-]{0,251}[A-Za-z0-9])?$/.test(value))
    return found ?? `<${placeholder}>`
  }
  const instance = pick('instance', 'instance')
  const pod = pick('pod', 'pod', 'pod_name')
  return {
    namespace: pick('namespace', 'namespace', 'kubernetes_namespace'),
    pod,
    container: pick('container', 'container', 'container_name'),
    workload: workloadOf(labels, pick) ?? (pod === '<pod>' ? '<kind>/<name>' : `pod/${pod}`),
    job: pick('job', 'job_name'),
    // Of Prometheus; a Job's name is `job_name`. It may be `namespace/name`.
    scrapejob: /^[\w./-]{1,200}$/.test(labels['job'] ?? '') ? labels['job']! : '<job>',
    node: pick('node', 'node', 'nodename', 'kubernetes_node'),
    instance,
    service: pick('service', 'service'),
    pvc: pick('claim', 'persistentvolumeclaim'),
    hpa: pick('hpa', 'horizontalpodautoscaler', 'hpa'),
  }
}

const WORKLOADS = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'replicaset'] as const

function workloadOf(labels: Readonly<Record<string, string>>, pick: (placeholder: string, ...names: string[]) => string): string | null {
  for (const kind of WORKLOADS) {
    const name = pick('', kind)
    if (name !== '<>') return `${kind}/${name}`
  }
  const [type, name] = [(labels['workload_type'] ?? '').toLowerCase(), pick('', 'workload')]
  if (WORKLOADS.some((kind) => kind === type) && name !== '<>') return `${type}/${name}`
  const job = pick('', 'job_name')
  return job === '<>' ? null : `job/${job}`
}
