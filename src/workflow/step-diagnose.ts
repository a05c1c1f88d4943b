import { redactDeep } from '#kit/redact'
import { capDiagnosis } from './cap-diagnosis.ts'
import { preliminaryResult } from './result.ts'
import type { SingleKind } from './run.ts'

/** Below the limit of a step's record: the result, kept with the investigation, holds a little more. */
export const MAX_DIAGNOSIS = 220 * 1024
export const DEFAULT_SERVICE_ACCOUNT = 'inquest-agent'

/** Looks at the cluster with the eyes of the Workflow's ServiceAccount; the output is the Diagnosis, without secrets. One record. */
export const diagnoseStep: SingleKind = {
  async run(run, { records, signal, timeline }) {
    const { parts, investigation, owner } = run
    const { input, namespace } = investigation
    const alert = input.alerts[0] ?? null
    const reader = await parts.openReader(namespace, input.workflow.spec.serviceAccountName ?? DEFAULT_SERVICE_ACCOUNT)
    try {
      const found = await parts.diagnose(
        reader,
        { target: input.target, namespace: input.target?.namespace ?? alert?.labels['namespace'] ?? null, alert },
        {
          signal,
          onProgress: ({ phase, ...said }) => timeline.progress(phase === 'finding' ? 'finding' : 'progress', said),
        },
      )
      const diagnosis = capDiagnosis(redactDeep(found), MAX_DIAGNOSIS)
      await parts.runs.keepResult(owner, preliminaryResult(diagnosis, investigation, records, parts.clock.now()))
      return diagnosis
    } finally {
      await reader.close()
    }
  },
}
