import { resultOf, usageWithoutModel, type Diagnosis, type Result } from '#kinds/result'
import type { Investigation } from '#store'
import { diagnosisOf, type StepRecord } from './run.ts'

/** The diagnosis of one that could not look. */
const blind = (investigation: Investigation): Diagnosis => ({
  target: investigation.input.target,
  healthy: false,
  rootCause: null,
  alternatives: [],
  problems: [],
  findings: [],
  recommendations: [],
  incomplete: [],
})

const usage = (investigation: Investigation, now: Date) =>
  usageWithoutModel(Math.max(0, now.getTime() - (investigation.startedAt ?? investigation.createdAt).getTime()) / 1_000)

/** What is known as soon as the diagnosis is made, while the Workflow goes on. */
export const preliminaryResult = (diagnosis: Diagnosis, investigation: Investigation, now: Date): Result =>
  resultOf(diagnosis, usage(investigation, now))

/** The result of an investigation that ended: the diagnosis, and everything that is missing from it. */
export function finalResult(investigation: Investigation, records: readonly StepRecord[], now: Date): Result {
  const diagnosis = diagnosisOf(records) ?? blind(investigation)
  const failed = records
    .filter((record) => record.status === 'Failed')
    .map((record) => `Step "${record.name}" failed: ${record.failure!.message}`)
  const looked = diagnosisOf(records) !== null || failed.length > 0
  const missing = investigation.input.missingSinks.map(
    (name) => `Sink "${name}" did not exist when the investigation started: it was not told.`,
  )
  const incomplete = [...diagnosis.incomplete, ...failed, ...(looked ? [] : ['No step looked at the cluster.']), ...missing]
  return resultOf({ ...diagnosis, incomplete }, usage(investigation, now))
}

/** The result of an investigation that never got so far: what was known, and why there is not more. */
export const interruptedResult = (investigation: Investigation, why: string, now: Date): Result => {
  const known = investigation.result
  return known
    ? { ...known, incomplete: [...known.incomplete, why] }
    : resultOf({ ...blind(investigation), incomplete: [why] }, usage(investigation, now))
}
