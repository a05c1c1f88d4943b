-- Whether a process reaches the cluster that it is to look at: one that does not leaves work to those that do. An older version does not
-- say, and counts as one that does.
alter table executors add column sees_cluster boolean not null default true;
