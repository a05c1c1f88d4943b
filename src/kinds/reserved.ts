/**
 * Names of members that the API keeps for later. Whoever writes one is told so, and not that it is a spelling mistake; and
 * no other meaning can take the name. A path names lists by `[]`.
 */
const RESERVED: Readonly<Record<string, readonly string[]>> = {
  'Source.spec': ['slack'],
  'Source.spec.auth': ['oidc', 'mtls'],
  'Workflow.spec': ['concurrency', 'onFailure'],
  'Workflow.spec.steps[]': ['approval'],
  'Sink.spec': ['pagerduty', 'opsgenie', 'jira', 'github', 'gitlab', 'teams', 'email', 'prometheus', 'workflow'],
}

/** Whether `name` is kept for later in a kind at a path such as `spec.steps[2]`. */
export const isReserved = (kind: string, path: string, name: string): boolean =>
  RESERVED[`${kind}.${path.replace(/\[[0-9]+\]/g, '[]')}`]?.includes(name) ?? false
