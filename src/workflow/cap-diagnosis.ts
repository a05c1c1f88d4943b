import type { Diagnosis, Evidence, Finding } from '#kinds/result'

const MAX_TEXT = 2_000
const MAX_EVIDENCE = 12
const SEVERITY = { critical: 0, warning: 1, info: 2 }

const shorten = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text)
const sizeOf = (value: unknown): number => JSON.stringify(value).length

/**
 * A diagnosis that fits into `max` characters of JSON: first evidence gets shorter, then findings go, those first that explain nothing and
 * weigh least. What was left out is said in `incomplete`.
 */
export function capDiagnosis(diagnosis: Diagnosis, max: number): Diagnosis {
  if (sizeOf(diagnosis) <= max) return diagnosis
  let capped = diagnosis
  for (
    let text = MAX_TEXT, count = MAX_EVIDENCE;
    sizeOf(capped) > max && text >= 125;
    text /= 2, count = Math.max(1, Math.floor(count / 2))
  ) {
    capped = { ...capped, findings: capped.findings.map((finding) => shortenEvidence(finding, text, count)) }
  }
  const shortened = [...capped.incomplete, 'Evidence was shortened: the diagnosis was too large to keep whole.']
  capped = { ...capped, incomplete: shortened }
  const explained = new Set(capped.problems.flatMap((cause) => [...cause.explains, ...cause.cites]))
  // Least worth last, whatever the order they came in.
  const ranked = [...capped.findings].sort(
    (a, b) => Number(explained.has(b.id)) - Number(explained.has(a.id)) || SEVERITY[a.severity] - SEVERITY[b.severity],
  )
  while (sizeOf(capped) > max && ranked.length > 0) {
    ranked.length = Math.floor(ranked.length / 2)
    const kept = new Set(ranked)
    const findings = capped.findings.filter((finding) => kept.has(finding))
    const gone = diagnosis.findings.length - findings.length
    capped = {
      ...capped,
      findings,
      incomplete: [...shortened, `${gone} findings were left out: the diagnosis was too large to keep whole.`],
    }
  }
  if (sizeOf(capped) <= max) return capped
  const few = 20
  return {
    ...capped,
    problems: capped.problems.slice(0, few),
    recommendations: capped.recommendations.slice(0, few),
    incomplete: capped.incomplete.slice(-few).map((line) => shorten(line, 500)),
  }
}

const shortenEvidence = (finding: Finding, text: number, count: number): Finding => ({
  ...finding,
  summary: shorten(finding.summary, text),
  evidence: finding.evidence.slice(0, count).map((evidence): Evidence => ({ ...evidence, text: shorten(evidence.text, text) })),
})
