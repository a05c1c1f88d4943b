/** What `ShownInvestigation` needs of `investigations v left join objects o`. Ids and revisions stay far below 2^53. */
export const SHOWN = `v.id, v.revision::float8 as revision, v.revision > v.shown as changed, v.incident_id as "incidentId", v.namespace, v.name, v.workflow, v.input ->> 'source' as source,
  v.phase, v.reason, v.message, v.created_at as "createdAt", v.started_at as "startedAt", v.completed_at as "completedAt",
  v.input -> 'target' as target, coalesce(v.input -> 'params', '{}') as params, v.input #> '{alerts,0}' as alert,
  v.result #>> '{rootCause,summary}' as "rootCause", (v.result #>> '{rootCause,confidence}')::float8 as confidence,
  (v.result #>> '{usage,costUSD}')::float8 as "costUSD",
  case when o.uid is not null then jsonb_build_object('uid', o.uid, 'namespace', o.namespace, 'name', o.name, 'told', o.told, 'gone', o.gone_at is not null)
  end as object`
