import type { Problem } from '#kinds/problem'
import type { Workflow } from '#kinds/workflow'
import { judgeKubectlTemplates } from './kubectl/templates.ts'

/** What of a Workflow's steps may never run, whatever an alert brings: said when the manifest is read, and not at 3 a.m. */
export const stepProblems = ({ spec }: Workflow): Problem[] =>
  spec.steps.flatMap(({ kubectl }, i) => {
    const problem = kubectl && judgeKubectlTemplates(kubectl.args)
    if (!problem) return []
    const { index, message, remedy } = problem
    return [{ field: `spec.steps[${i}].kubectl.args${index === null ? '' : `[${index}]`}`, message, remedy }]
  })
