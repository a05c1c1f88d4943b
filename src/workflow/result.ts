import { resultOf, sumUsage, type Diagnosis, type Result, type Usage } from '#kinds/result'
import type { Investigation } from '#store'
import { agentsOf, diagnosisOf, type StepRecord } from './run.ts'

/** The diagnosis of one that could not look. */
export const blind = (investigation: Investigation): Diagnosis => ({
  target: investigation.input.target,
  healthy: false,
  rootCause: null,
  alternatives: [],
  problems: [],
  findings: [],
  recommendations: [],
  incomplete: [],
})

const usageOf = (investigation: Investigation, records: readonly StepRecord[], now: Date): Usage =>
  sumUsage(
    records.flatMap(({ usage }) => (usage ? [usage] : [])),
    Math.max(0, now.getTime() - (investigation.startedAt ?? investigation.createdAt).getTime()) / 1_000,
  )

const addedBy = (records: readonly StepRecord[]): string | null =>
  agentsOf(records)
    .flatMap(({ added }) => added ?? [])
    .join(' ') || null

/** What is known so far, while the Workflow goes on: `diagnosis` is the newest of `records`, or newer. */
export const preliminaryResult = (diagnosis: Diagnosis, investigation: Investigation, records: readonly StepRecord[], now: Date): Result =>
  resultOf(diagnosis, usageOf(investigation, records, now), addedBy(records))

/** The result of an investigation that ended: the diagnosis, and everything that is missing from it. */
export function finalResult(investigation: Investigation, records: readonly StepRecord[], now: Date): Result {
  const diagnosis = diagnosisOf(records) ?? blind(investigation)
  const failed = records
    .filter((record) => record.status === 'Failed')
    .map((record) => `Step "${record.name}" failed: ${record.failure!.message}`)
  const looked = failed.length > 0 || records.some(({ kind, status }) => kind !== 'notify' && status === 'Succeeded')
  const missing = investigation.input.missingSinks.map(
    (name) => `Sink "${name}" did not exist when the investigation started: it was not told.`,
  )
  const incomplete = [...diagnosis.incomplete, ...failed, ...(looked ? [] : ['No step looked at the cluster.']), ...missing]
  return resultOf({ ...diagnosis, incomplete }, usageOf(investigation, records, now), addedBy(records))
}

/** The result of an investigation that never got so far: what was known, and why there is not more. */
export const interruptedResult = (investigation: Investigation, why: string, now: Date): Result => {
  const known = investigation.result
  return known
    ? { ...known, incomplete: [...known.incomplete, why] }
    : resultOf({ ...blind(investigation), incomplete: [why] }, usageOf(investigation, [], now))
}
