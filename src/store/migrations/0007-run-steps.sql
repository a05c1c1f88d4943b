-- What run steps start: the intent before a Job is created (or a program of the server's own started), and what came of it before the Job is
-- deleted.
create table run_jobs (
  investigation_id uuid not null references investigations on delete cascade,
  attempt integer not null,
  step text not null,
  try integer not null,
  namespace text not null,
  account text not null,                            -- the ServiceAccount that creates it
  name text,                                        -- of the Job; null: a program of the server's own
  epoch bigint not null,
  uid text,                                         -- of the Job, once it is there
  outcome jsonb,
  created_at timestamptz not null default now(),
  clear_at timestamptz not null default now(),      -- when somebody else may try to clear it away
  cleared_at timestamptz,
  primary key (investigation_id, attempt, step, try)
);
create index run_jobs_left on run_jobs (clear_at) where cleared_at is null;
