/** Columns of `investigations` as the type has them. `bigint` comes as text from pg: an epoch stays far below 2^53. */
export const INVESTIGATION = `i.id, i.incident_id as "incidentId", i.namespace, i.name, i.title, i.workflow, i.input, i.phase, i.reason, i.message,
  i.attempt, i.takeovers, i.epoch::float8 as epoch, i.engine_version as "engineVersion", i.deadline, i.created_at as "createdAt",
  i.started_at as "startedAt", i.completed_at as "completedAt", i.result, i.outputs`

/** Columns of `deliveries` as the type has them. */
export const DELIVERY = `d.key, d.sink, d.thread, d.incident_id as "incidentId", d.investigation_id as "investigationId", d.state, d.status, d.attempt,
  d.epoch::float8 as epoch, d.tries, d.possibly_duplicate as "possiblyDuplicate", d.receipt, d.error, d.created_at as "createdAt", d.finished_at as "finishedAt"`
