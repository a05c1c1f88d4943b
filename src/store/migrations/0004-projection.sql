-- What the cluster shows of investigations: an Investigation object each, made and kept up to date by one process (docs/decisions/0013).

-- Every change that people can see raises `revision`, whoever makes it, also the version before this one. `shown` is the one that the
-- object has; what lies between is still to be shown. Without an API server nobody reads either.
alter table investigations
  add column revision bigint not null default 1,
  add column shown bigint not null default 0;

create function investigation_changed() returns trigger
language plpgsql
as $$
begin
  new.revision := old.revision + 1;
  return new;
end $$;
create trigger investigation_changed
  before update of phase, reason, message, result, started_at, completed_at on investigations
  for each row execute function investigation_changed();
create index investigations_to_show on investigations (id) where revision > shown;

-- Objects in the cluster that belong to an investigation, or did. A uid is never used twice, a name is: the uid says which request was
-- answered, and which object a person deleted.
create table objects (
  uid text primary key,
  namespace text not null,
  name text not null,
  -- At most one object an investigation. null: retention deleted the row, and the object has to follow. Deferred: a request is claimed
  -- before its row is made.
  investigation_id uuid unique references investigations on delete set null deferrable initially deferred,
  told text,                                        -- the last phase that a Kubernetes Event told of
  made_at timestamptz not null default now(),
  gone_at timestamptz                               -- deleted, by whomever: never shown again
);
create index objects_here on objects (namespace, name) where gone_at is null;
create index objects_orphaned on objects (uid) where investigation_id is null;
