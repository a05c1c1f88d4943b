import { expressionProblems, fileProblems, modelProblems, modelsOf, runProblems, secretRefs } from '#kinds/acceptance'
import type { Problem } from '#kinds/problem'
import type { Workflow } from '#kinds/workflow'
import { stepProblems } from '#policy'
import { missingSecrets } from './missing-secrets.ts'
import type { Finding, Reconciler } from './reconciler.ts'

/** The ServiceAccount of a Workflow that names none. */
const DEFAULT_SERVICE_ACCOUNT = 'inquest-agent'

/** Nothing of the process is lent to one that anybody may have written. */
const TENANT = { trusted: false, ownKeys: [], defaultModel: false }

/**
 * A Workflow comes from whoever may write one: nothing in it reaches the server's own files. A model that cannot be asked, a Secret or
 * a ServiceAccount that is missing do not take it out of force: an investigation goes on with what there is, and says so.
 */
export const workflowReconciler: Reconciler<Workflow> = {
  async accept(workflow) {
    const problems: Problem[] = [
      ...expressionProblems(workflow),
      ...stepProblems(workflow),
      ...fileProblems(workflow),
      ...runProblems(workflow, TENANT),
    ]
    const asks = modelsOf(workflow).length > 0 || workflow.spec.steps.some(({ agent }) => agent)
    if (problems.length > 0 || !asks) return problems
    // Only now: it would read the files of scripted models, and a process without agents does not load what asks them.
    const { agentProblems } = await import('#agent')
    return agentProblems(workflow)
  },
  references: (workflow) => sinksOf(workflow).map((name) => ({ kind: 'Sink', name })),
  // A token and a review of its rights.
  cost: (workflow) => secretRefs(workflow).length + 2,
  works: () => 'Investigations can start.',
  async ready(workflow, world) {
    const namespace = workflow.metadata.namespace!
    const findings: Finding[] = []
    const identity = await world.identityProblem(namespace, workflow.spec.serviceAccountName ?? DEFAULT_SERVICE_ACCOUNT, {
      jobs: workflow.spec.steps.some(({ run }) => run),
    })
    if (identity) findings.push({ reason: identity.reason, problem: identity, isNote: !identity.isBlind })
    for (const problem of modelProblems(workflow, { ...world.lent, trusted: true })) findings.push({ reason: 'ModelNotReady', problem })
    findings.push(...(await missingSecrets(workflow, world)))
    for (const name of sinksOf(workflow)) {
      if (world.find('Sink', namespace, name) !== 'unusable') continue
      const message = `the Sink ${namespace}/${name} is not accepted`
      findings.push({ reason: 'SinkNotAccepted', problem: { field: '', message, remedy: 'Its condition Accepted says why.' } })
    }
    return findings
  },
}

function sinksOf({ spec }: Workflow): string[] {
  const notified = spec.steps.flatMap(({ notify }) => notify ?? [])
  return [...new Set([...(spec.sinks ?? []), ...notified].map(({ sinkRef }) => sinkRef.name))]
}
