-- Schedules: the last slot that was dealt with, and the investigation that it started. Whoever holds the row deals with the next one.
create table schedules (
  source text primary key,                          -- namespace/name of the Source
  slot timestamptz not null,
  investigation_id uuid references investigations on delete set null,
  known jsonb not null default '[]'                 -- ids of the problems that the sinks know of
);
