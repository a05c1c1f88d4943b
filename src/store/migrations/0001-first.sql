-- The truth of Inquest. Kubernetes objects, messages and reports are views of these rows.
-- A migration never reads code of today, and must be safe while the version before it still runs.

-- What a sender delivered, once a distinct content; a repeat only counts.
create table notifications (
  id uuid primary key,
  source text not null,                             -- namespace/name of the Source
  key text not null,                                -- hash of (source, receiver, groupKey, sorted (fingerprint, status, startsAt, endsAt))
  receiver text not null,
  group_key text not null,
  group_labels jsonb not null,
  alert_count integer not null,
  truncated_alerts integer not null default 0,
  rejected jsonb not null default '[]',             -- alerts that could not be read, with the reason: nothing is lost
  received_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  seen integer not null default 1,
  unique (source, key)
);

-- Watchdog alerts: a sign of life of the sender, never an incident.
create table heartbeats (
  source text not null,
  fingerprint text not null,
  labels jsonb not null,
  last_seen_at timestamptz not null default now(),
  primary key (source, fingerprint)
);

create table incidents (
  id uuid primary key,
  source text not null,
  key text not null,                                -- hash of (source, values of grouping.by)
  labels jsonb not null,                            -- the grouping labels and their values
  title text not null,
  status text not null check (status in ('open', 'resolved')),
  outcome text check (outcome in ('ResolvedEarly')),
  opened_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolutions integer not null default 0,           -- how often it was resolved: names the delivery of each
  resolution_told integer not null default 0,       -- the last of them that the sinks were told
  investigate_at timestamptz,                       -- when its window ends; null: nothing to start
  cooldown_until timestamptz                        -- no new investigation before
);
create unique index incidents_open on incidents (source, key) where status = 'open';
create index incidents_key on incidents (source, key, opened_at desc);
create index incidents_due on incidents (investigate_at) where investigate_at is not null;
create index incidents_to_tell on incidents (id) where resolutions > resolution_told;

-- One alert from firing to resolved. At most one open a (source, fingerprint).
create table episodes (
  id uuid primary key,
  source text not null,
  fingerprint text not null,
  incident_id uuid references incidents on delete cascade,  -- null: filtered, or resolved before it was ever seen firing
  filtered boolean not null default false,
  labels jsonb not null,
  annotations jsonb not null,
  generator_url text not null default '',
  starts_at timestamptz not null,
  starts_at_text text not null,                     -- as sent, with nanoseconds
  ends_at timestamptz,                              -- null: open
  ends_at_text text,
  closed_at timestamptz,                            -- when we were told of the end
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  seen integer not null default 1
);
create unique index episodes_open on episodes (source, fingerprint) where ends_at is null;
create index episodes_closed on episodes (source, fingerprint, ends_at desc) where ends_at is not null;
create index episodes_incident on episodes (incident_id);

create table investigations (
  id uuid primary key,                              -- UUIDv7; the durable run is <id>/<attempt>
  incident_id uuid references incidents on delete cascade,
  namespace text not null,
  name text not null,                               -- <alert-slug>-<last 10 of the id>
  title text not null,
  workflow text not null,                           -- its name, in `namespace`
  input jsonb not null,                             -- the resolved Workflow and Sinks with generations, alerts, params, target: no secrets
  phase text not null default 'Pending' check (phase in ('Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled')),
  reason text,                                      -- Complete, Degraded, DeadlineExceeded, StepFailed, …
  message text,
  attempt integer not null default 1,
  takeovers integer not null default 0,
  epoch bigint not null default 1,                  -- raised at every take-over: the fence of every side effect
  engine_version text not null,
  deadline timestamptz not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  result json,                                      -- json, not jsonb: the order of its fields is part of the result
  outputs json,
  unique (namespace, name)
);
create index investigations_incident on investigations (incident_id, created_at desc);
create index investigations_recent on investigations (created_at desc);
create index investigations_unfinished on investigations (id) where phase in ('Pending', 'Running');

-- Everything that happens, append-only: console, audit, kubectl describe and reports are views of it.
create table investigation_events (
  id bigint generated always as identity primary key,
  investigation_id uuid not null references investigations on delete cascade,
  attempt integer not null,
  step text not null,                               -- '' for the investigation itself
  seq integer not null,
  at timestamptz not null default clock_timestamp(),
  type text not null,
  data jsonb not null default '{}',
  unique (investigation_id, attempt, step, seq)
);

-- Outputs too large for a step's record: redacted before they come here.
create table artifacts (
  id uuid primary key,
  investigation_id uuid not null references investigations on delete cascade,
  attempt integer not null,
  step text not null,
  name text not null,
  media_type text not null,
  content text not null,
  truncated_bytes bigint not null default 0,
  created_at timestamptz not null default now()
);
create index artifacts_investigation on artifacts (investigation_id);

-- A message thread: one a (sink, incident). Its receipt is what the next delivery updates.
create table threads (
  sink text not null,                               -- namespace/name
  thread uuid not null,                             -- the incident's id; of an investigation that was asked for by hand, its own
  incident_id uuid references incidents on delete cascade,
  investigation_id uuid references investigations on delete cascade,
  receipt jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (sink, thread),
  check ((incident_id is null) <> (investigation_id is null))
);

-- One message to one thread in one state. The row is the intent, committed under an owner's epoch before anything is sent.
create table deliveries (
  key text primary key,                             -- the Idempotency-Key: hash of (sink, thread, state)
  sink text not null,
  thread uuid not null,
  incident_id uuid references incidents on delete cascade,
  investigation_id uuid not null references investigations on delete cascade,
  state text not null,                              -- update/<investigation>/<step>, completed/<investigation>, resolved/<n>
  status text not null check (status in ('intended', 'delivered', 'failed', 'skipped')),
  attempt integer not null default 1,               -- the durable run is <key>/<attempt>; no meaning for an update
  epoch bigint not null default 0,                  -- who may send: raised whenever a run of the delivery starts or is taken over
  tries integer not null default 0,
  possibly_duplicate boolean not null default false,
  receipt jsonb,
  error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index deliveries_investigation on deliveries (investigation_id);
create index deliveries_unfinished on deliveries (incident_id) where status = 'intended';

-- Live processes. The heartbeat is an UPDATE: a process whose row is gone must exit.
create table executors (
  id text primary key,
  hostname text not null,
  version text not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

create table leases (
  name text primary key,
  holder text not null,
  expires_at timestamptz not null
);
