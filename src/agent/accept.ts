import { closest } from '#kit/closest'
import { InputError } from '#kit/errors'
import { modelsOf, type PlacedModel } from '#kinds/acceptance'
import type { Problem } from '#kinds/problem'
import type { Workflow } from '#kinds/workflow'
import { bareSpec } from './models/chain.ts'
import { checkSpec } from './models/create.ts'
import { readScript } from './models/script.ts'
import { runbooks } from './runbooks/runbooks.ts'

/** What of a Workflow only this room can judge: its runbooks, its models' settings, the conversations of scripted ones. */
export function agentProblems(workflow: Workflow): Problem[] {
  const names = runbooks.map(({ name }) => name)
  const unknown = workflow.spec.steps.flatMap((step, i): Problem[] => {
    const name = step.agent?.runbook
    if (name === undefined || names.includes(name)) return []
    const near = closest(name, names)
    const remedy = near === null ? `There are ${names.join(', ')}.` : `Did you mean ${near}?`
    return [{ field: `spec.steps[${i}].agent.runbook`, message: `there is no runbook "${name}"`, remedy }]
  })
  return [...unknown, ...modelsOf(workflow).flatMap(modelProblem)]
}

function modelProblem({ field, model }: PlacedModel): Problem[] {
  try {
    // Whether there is a key is asked elsewhere.
    checkSpec({ ...bareSpec(model), apiKey: 'a key' }, field)
    if (model.file) readScript(model.file, `${field}.file`)
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return [{ field: error.field, message: error.message, remedy: error.remedy }]
  }
}
