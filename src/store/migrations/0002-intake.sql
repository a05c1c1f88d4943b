-- Takes one notification of a source: everything that an alert changes, in one transaction and one round trip.
--
-- The life of an episode, (source, fingerprint):
--
--   firing,   an open one           -> seen again
--   firing,   a closed one that ended after this one starts, closed less than `late_ms` ago
--                                   -> the late twin of an HA pair: seen again, nothing starts. Later than that it fires indeed: a new episode
--   firing,   else                  -> new: joins its incident, or makes one
--   resolved, an open one           -> closed, unless it began after this end (the late twin of an earlier resolve)
--   resolved, a closed one          -> seen again
--   resolved, else                  -> kept as closed, without an incident
--
-- The life of an incident, (source, key), for a new episode:
--
--   open, cooldown over             -> is to be investigated again
--   open                            -> joins
--   resolved, within its cooldown or still to be investigated
--                                   -> open again; if it stays so, investigated when the cooldown is over
--   else                            -> a new one, investigated when its window is over
--
-- and when its last open episode closes: resolved; what was to be investigated later is not, and if it never was, it ends as ResolvedEarly.
--
-- `batch`: {id, source, key, receiver, group_key, group_labels, alert_count, truncated_alerts, rejected, window_ms, late_ms,
--   heartbeats: [{fingerprint, labels}],
--   groups: [{id, key, labels, title}]       ids are for the incidents that have to be made
--   rounds: [[{n, id, fingerprint, firing, g, labels, annotations, starts_at,
--     filtered?, generator_url?, starts_at_text? (default: starts_at), ends_at?, ends_at_text?}]]}
-- `n` counts from 1 in its round, `g` is the place in `groups`, from 1. Within a round a fingerprint occurs once: a resolve and the next
-- firing of the same alert are two rounds.
--
-- The settings keep the plans to index lookups. They are made when the tables are empty, and are kept: a plan that scans would stay one.
create function intake(batch jsonb) returns jsonb
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  src constant text := batch ->> 'source';
  window_ constant interval := (batch ->> 'window_ms')::float8 * interval '1 ms';
  late constant interval := (batch ->> 'late_ms')::float8 * interval '1 ms';
  moment timestamptz;
  notification uuid;
  round jsonb;
  fresh boolean[];
  seen_in uuid[];
  closed_in uuid[];
  g integer;
  grp jsonb;
  incident uuid;
  incident_of uuid[] := '{}';
  created uuid[] := '{}';
  touched uuid[] := '{}';
  closing uuid[] := '{}';
  n_fresh integer := 0;
  n_seen integer := 0;
  n_closed integer := 0;
  new_now integer;
  seen_now integer;
  closed_now integer;
begin
  -- Two HA peers send overlapping payloads at once: one after the other, so that neither deadlocks and both see what the first did.
  perform pg_advisory_xact_lock(hashtextextended(src, 0));
  moment := clock_timestamp();

  insert into heartbeats (source, fingerprint, labels, last_seen_at)
  select src, h.fingerprint, h.labels, moment
  from jsonb_to_recordset(batch -> 'heartbeats') as h (fingerprint text, labels jsonb)
  on conflict (source, fingerprint) do update set last_seen_at = excluded.last_seen_at, labels = excluded.labels;

  update notifications set last_seen_at = moment, seen = seen + 1
  where source = src and key = batch ->> 'key'
  returning id into notification;
  if notification is not null and not exists (
    -- The same firing as before, long after its end was told: it was not the end (the sender had lost sight of it for a while).
    select from jsonb_array_elements(batch -> 'rounds') r
    cross join lateral jsonb_to_recordset(r) as a (fingerprint text, firing boolean)
    where a.firing
      and not exists (select from episodes e where e.source = src and e.fingerprint = a.fingerprint and e.ends_at is null)
      and coalesce((
        select e.closed_at from episodes e where e.source = src and e.fingerprint = a.fingerprint and e.ends_at is not null
        order by e.ends_at desc limit 1) < moment - late, true)
  ) then
    return jsonb_build_object('id', notification, 'known', true, 'incidents', '[]'::jsonb, 'fresh', 0, 'seen', 0, 'closed', 0);
  end if;

  if notification is null then
    notification := (batch ->> 'id')::uuid;
    insert into notifications (id, source, key, receiver, group_key, group_labels, alert_count, truncated_alerts, rejected, received_at, last_seen_at)
    values (notification, src, batch ->> 'key', batch ->> 'receiver', batch ->> 'group_key', batch -> 'group_labels',
      (batch ->> 'alert_count')::int, (batch ->> 'truncated_alerts')::int, batch -> 'rejected', moment, moment);
  end if;

  for round in select value from jsonb_array_elements(batch -> 'rounds') loop
    -- Alerts that have an episode already.
    with alert as materialized (
      select * from jsonb_to_recordset(round)
        as a (n integer, fingerprint text, firing boolean, annotations jsonb, starts_at timestamptz, ends_at timestamptz, ends_at_text text)
    ), matched as materialized (
      select a.*, coalesce(o.id, c.id) as episode, o.id is not null as is_open
      from alert a
      left join lateral (
        select e.id from episodes e
        where e.source = src and e.fingerprint = a.fingerprint and e.ends_at is null
          and (a.firing or a.ends_at >= e.starts_at or a.starts_at >= e.starts_at)
        limit 1) o on true
      left join lateral (
        select e.id from episodes e
        where o.id is null and e.source = src and e.fingerprint = a.fingerprint and e.ends_at is not null and e.ends_at >= a.starts_at
          and (not a.firing or e.closed_at > moment - late)
        order by e.ends_at desc limit 1) c on true
    ), again as (
      update episodes e set
        last_seen_at = moment,
        seen = e.seen + 1,
        annotations = case when f.is_open and f.firing then f.annotations else e.annotations end,
        ends_at = case when f.is_open and not f.firing then f.ends_at else e.ends_at end,
        ends_at_text = case when f.is_open and not f.firing then f.ends_at_text else e.ends_at_text end,
        closed_at = case when f.is_open and not f.firing then moment else e.closed_at end
      from matched f
      where e.id = f.episode
      returning e.incident_id, f.is_open and not f.firing as closes
    )
    select
      (select array_agg(f.episode is null order by f.n) from matched f),
      (select count(*) from matched f where f.episode is null),
      (select count(*) from again where not closes),
      (select count(*) from again where closes),
      array(select distinct incident_id from again where incident_id is not null),
      array(select distinct incident_id from again where incident_id is not null and closes)
    into fresh, new_now, seen_now, closed_now, seen_in, closed_in;
    n_fresh := n_fresh + new_now;
    n_seen := n_seen + seen_now;
    n_closed := n_closed + closed_now;
    touched := touched || seen_in;
    closing := closing || closed_in;
    continue when new_now = 0;

    -- The incidents of the others. Alerts that were filtered out, and ends of what we never saw begin, have none.
    for g in
      select distinct a.g from jsonb_to_recordset(round) as a (n integer, firing boolean, filtered boolean, g integer)
      where fresh[a.n] and a.firing and a.filtered is not true and incident_of[a.g] is null
    loop
      grp := batch -> 'groups' -> (g - 1);
      select i.id into incident from incidents i where i.source = src and i.key = grp ->> 'key' and i.status = 'open';
      if incident is not null then
        update incidents i set investigate_at = moment + window_
        where i.id = incident and i.investigate_at is null and (i.cooldown_until is null or i.cooldown_until <= moment);
      else
        update incidents i set
          status = 'open', outcome = null, resolved_at = null,
          investigate_at = coalesce(i.investigate_at, greatest(i.cooldown_until, moment + window_))
        where i.id = (
          select r.id from incidents r
          where r.source = src and r.key = grp ->> 'key' and r.status = 'resolved'
            and (r.cooldown_until > moment or r.investigate_at is not null)
          order by r.opened_at desc limit 1)
        returning i.id into incident;
      end if;
      if incident is null then
        incident := (grp ->> 'id')::uuid;
        insert into incidents (id, source, key, labels, title, status, opened_at, last_seen_at, investigate_at)
        values (incident, src, grp ->> 'key', grp -> 'labels', grp ->> 'title', 'open', moment, moment, moment + window_);
        created := created || incident;
      end if;
      incident_of[g] := incident;
      touched := touched || incident;
    end loop;

    insert into episodes (id, source, fingerprint, incident_id, filtered, labels, annotations, generator_url,
      starts_at, starts_at_text, ends_at, ends_at_text, closed_at, first_seen_at, last_seen_at)
    select a.id, src, a.fingerprint, case when a.firing and a.filtered is not true then incident_of[a.g] end, a.filtered is true,
      a.labels, a.annotations, coalesce(a.generator_url, ''), a.starts_at::timestamptz, coalesce(a.starts_at_text, a.starts_at),
      a.ends_at, a.ends_at_text, case when not a.firing then moment end, moment, moment
    from jsonb_to_recordset(round) as a (n integer, id uuid, fingerprint text, firing boolean, filtered boolean, g integer, labels jsonb,
      annotations jsonb, generator_url text, starts_at text, starts_at_text text, ends_at timestamptz, ends_at_text text)
    where fresh[a.n];
  end loop;

  -- Only now: what was resolved and fires again in the same notification is still open.
  update incidents i set
    last_seen_at = moment,
    status = case when t.over then 'resolved' else i.status end,
    resolved_at = case when t.over then moment else i.resolved_at end,
    resolutions = i.resolutions + case when t.over then 1 else 0 end,
    outcome = case when t.over and i.cooldown_until is null and i.investigate_at > moment then 'ResolvedEarly' else i.outcome end,
    investigate_at = case when t.over and i.investigate_at > moment then null else i.investigate_at end
  from (
    select u.id, u.id = any(closing) and not exists (select from episodes e where e.incident_id = u.id and e.ends_at is null) as over
    from (select distinct id from unnest(touched) as x (id)) u
  ) t
  where i.id = t.id and (t.over or i.last_seen_at < moment);

  return jsonb_build_object(
    'id', notification, 'known', false, 'fresh', n_fresh, 'seen', n_seen, 'closed', n_closed,
    'incidents', coalesce((
      select jsonb_agg(jsonb_build_object('id', i.id, 'created', i.id = any(created), 'status', i.status, 'due', i.investigate_at))
      from incidents i where i.id = any(touched)), '[]'::jsonb));
end
$$;
