import { instant } from '#alert'
import { targetRef, type KubeObject } from '#cluster'
import { explainIssues } from '#kinds/issues'
import { Investigation } from '#kinds/investigation'
import { problemText } from '#kinds/problem'
import type { InvestigationRequest } from '#workflow'

/** What somebody asks for with an object; `problem`: why it cannot be, for people. */
export interface AskedFor {
  request: InvestigationRequest
  problem: string | null
}

/** The API server has checked what a schema can say; a CRD of another version may have let more through. */
export function readRequest({ metadata, spec }: KubeObject): AskedFor {
  const namespace = metadata.namespace ?? ''
  const object = { uid: metadata.uid ?? '', namespace, name: metadata.name }
  const parsed = Investigation.shape.spec.safeParse(spec)
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ['spec', ...issue.path] }))
    const problems = explainIssues(issues, 'Investigation')
    const workflow = String((spec as { workflowRef?: { name?: unknown } } | undefined)?.workflowRef?.name ?? '')
    return { request: { namespace, workflow, object }, problem: problems.map(problemText).join(' ') }
  }
  const { workflowRef, target, alert, params } = parsed.data
  const badTime = alert?.startsAt !== undefined && instant(alert.startsAt) === null
  return {
    request: {
      namespace,
      workflow: workflowRef.name,
      object,
      ...(target && { target: targetRef(target, namespace) }),
      ...(alert && {
        alert: {
          labels: alert.labels,
          annotations: alert.annotations ?? {},
          ...(!badTime && alert.startsAt && { startsAt: alert.startsAt }),
        },
      }),
      ...(params && { params }),
    },
    problem: badTime
      ? problemText({
          field: 'spec.alert.startsAt',
          message: `"${alert.startsAt}" is no time`,
          remedy: 'Write it as RFC 3339: 2026-01-31T12:00:00Z.',
        })
      : null,
  }
}
