import { expressionProblems, secretRefs } from '#kinds/acceptance'
import type { Source } from '#kinds/source'
import { missingSecrets } from './missing-secrets.ts'
import type { Finding, Reconciler } from './reconciler.ts'

/** A Source takes alerts as soon as its spec can be used, also while its Workflow is missing: what becomes of them is then said there. */
export const sourceReconciler: Reconciler<Source> = {
  accept: async (source) => expressionProblems(source),
  references: ({ spec }) => [{ kind: 'Workflow', name: spec.workflowRef.name }],
  cost: (source) => secretRefs(source).length,
  works: ({ metadata, spec }) =>
    spec.auth
      ? `Alerts are taken at /webhooks/${metadata.namespace}/${metadata.name}.`
      : spec.kubernetes
        ? 'The cluster is watched.'
        : 'It is in force.',
  async ready(source, world) {
    const { metadata, spec } = source
    const findings: Finding[] = []
    if (spec.suspend) {
      const problem = { field: 'spec.suspend', message: 'it takes no alerts', remedy: 'Remove it to go on.' }
      findings.push({ reason: 'Suspended', problem })
    }
    findings.push(...(await missingSecrets(source, world)))
    const trouble = spec.kubernetes ? world.watchTrouble(metadata.namespace!, metadata.name) : null
    if (trouble) {
      const remedy = "Let the Workflow's ServiceAccount list and watch it; it is tried again by itself."
      findings.push({ reason: 'CannotWatch', problem: { field: 'spec.kubernetes', message: trouble, remedy } })
    }
    const { name } = spec.workflowRef
    if (world.find('Workflow', metadata.namespace!, name) === 'unusable') {
      const message = `the Workflow ${metadata.namespace}/${name} is not accepted`
      findings.push({
        reason: 'WorkflowNotAccepted',
        problem: { field: 'spec.workflowRef.name', message, remedy: 'Its condition Accepted says why.' },
      })
    }
    return findings
  },
}
