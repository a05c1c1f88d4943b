/**
 * Part of the statements that end an investigation: a message of one of its steps that is still on its way will not be tried again, and an
 * intent that stayed for ever would hold up `resolved` and retention.
 */
export const DROP_UPDATES = `dropped as (
       update deliveries d set status = 'failed', finished_at = now(), error = coalesce(d.error, 'the investigation ended while it was on its way')
       from ended where d.investigation_id = ended.id and d.state like 'update/%' and d.status = 'intended'
     )`
