-- Deleting an incident or an investigation finds what hangs on it by these.
create index deliveries_incident on deliveries (incident_id);
create index threads_incident on threads (incident_id) where incident_id is not null;
create index threads_investigation on threads (investigation_id) where investigation_id is not null;
