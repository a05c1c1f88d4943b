/**
 * What programs say when a limit or a rule that somebody set is hit, and how the setting is called that holds it: the names, in words (see
 * `wordsOf`), under which the programs in question, their images and the ingress controllers take it. Wordings are those of the programs.
 */
export interface LimitWord {
  /** What a line says. */
  pattern: RegExp
  /** What the setting's name holds. */
  setting: RegExp
  /** What is hit. */
  what: string
  /** The annotation of ingress-nginx that sets it, for an Ingress that has none and so the default. */
  annotation?: string
}

const limit = (what: string, pattern: RegExp, setting: RegExp, annotation?: string): LimitWord => ({
  what,
  pattern,
  setting,
  ...(annotation ? { annotation } : {}),
})

export const LIMITS: readonly LimitWord[] = [
  limit('its limit of memory', /OOM command not allowed|used memory > '?maxmemory/, /^maxmemory\b/), // Redis, Valkey
  limit('its limit of memory', /SERVER_ERROR out of memory storing object/, /^(?:m|memory limit)$/), // memcached
  limit('the largest item', /SERVER_ERROR object too large for cache/, /^(?:i|max item size)$/i),
  limit('its memory watermark', /memory resource limit alarm|vm_memory_high_watermark/, /memory high watermark/), // RabbitMQ
  limit('its limit of free disk space', /disk resource limit alarm|free disk space is insufficient|Disk free limit/i, /disk free limit/),
  limit('the timeout of an acknowledgement', /delivery acknowledgement on channel .* timed out/, /consumer timeout/),
  limit(
    'the largest message',
    /MessageSizeTooLarge|RecordTooLarge|message (?:size )?too large|larger than the (?:max(?:imum)?|configured)|Maximum Payload|(?:received|message) (?:is )?larger than max|message length too large/i,
    /(?:message|record|request|fetch|payload|msg|receive|recv).*(?:max|bytes|size)|max.*(?:message|record|request|payload|msg|receive|recv)/,
  ), // Kafka, NATS, gRPC
  limit('the in-sync replicas', /NotEnoughReplicas|fewer in-sync replicas/, /min insync replicas|min isr/),
  limit('the replication factor', /InvalidReplicationFactor|Replication factor: \d+ larger than available/, /replication factor/),
  limit(
    'the largest packet',
    /max_allowed_packet|packet (?:for query is |bigger than )?too large|Got a packet bigger/i,
    /max allowed packet/,
  ), // MySQL
  limit(
    'the timeout of a statement',
    /due to statement timeout|maximum statement execution time exceeded|max_execution_time/i,
    /statement timeout|max execution time/,
  ),
  limit('the timeout of a lock', /due to lock timeout|Lock wait timeout exceeded/, /lock (?:wait )?timeout/),
  limit('the timeout of an idle transaction', /idle-in-transaction timeout/, /idle in transaction/),
  limit('the failed connections that it forgives', /is blocked because of many connection errors/, /max connect errors/), // MySQL
  limit('how often it may ask whether it is alive', /too_many_pings|ENHANCE_YOUR_CALM/, /keep ?alive/), // gRPC
  limit('its table of locks', /max_locks_per_transaction/, /max locks per transaction/),
  limit(
    'the number of replication connections',
    /max_wal_senders|max_replication_slots|number of requested standby connections/,
    /max (?:wal senders|replication slots)/,
  ),
  limit(
    'shared memory',
    /could not resize shared memory segment|shared memory segment .*No space|insufficient shared memory|\/dev\/shm.*[Nn]o space|out of shared memory \(shm\)/,
    /shared buffers|shm/,
  ),
  limit('the number of shards', /maximum (?:normal )?shards open|max_shards_per_node/, /max shards per node/), // Elasticsearch
  limit('its disk watermark', /flood.stage (?:disk )?watermark|read_only_allow_delete|FORBIDDEN\/12/, /watermark/),
  limit('its circuit breaker', /circuit_breaking_exception|CircuitBreakingException|\[parent\] Data too large/, /breaker|java opts|^xmx/),
  limit('its number of workers', /server reached (?:pm\.)?max_children/, /max children/), // PHP-FPM
  limit('its number of connections', /worker_connections are not enough/, /worker connections/), // nginx
  limit('the timeout of a worker', /WORKER TIMEOUT \(pid/, /^timeout$|(?:worker|request|gunicorn) timeout/), // gunicorn
  limit('the time of a task', /Hard time limit \(|TimeLimitExceeded|Soft time limit/, /time limit/), // Celery
  limit(
    'its quota of memory',
    /Allowed memory size of|GC overhead limit|MemoryLimitExceeded|exceeded memory limit|MEMORY_LIMIT_EXCEEDED|exceeds memory limit/i,
    /mem(?:ory)? (?:limit|usage)|max (?:server )?mem|xmx|java opts/,
  ),
  limit(
    'its pool of connections',
    /Connection is not available, request timed out after|QueuePool limit of size|Timeout(?:Error)?:? (?:waiting for|acquiring|in acquiring) (?:a )?connection|remaining pool|pool (?:is )?(?:exhausted|full)|PoolTimeout|Unable to acquire (?:JDBC )?Connection|pool timed out|timed out fetching a new connection/i,
    /pool|max (?:open |idle |active )?conn/,
  ),
  limit(
    'its queue',
    /queue (?:is )?full|RejectedExecution|Task .* rejected from|queue capacity|buffer (?:is )?full/i,
    /queue|buffer|max (?:threads|workers)|pool size/,
  ),
  limit(
    'the largest body',
    /client intended to send too large body|request entity too large|PayloadTooLarge|(?:request )?body (?:is |size )?too large|MaxUploadSizeExceeded|exceeds the (?:upload_max_filesize|configured maximum)|FileUploadException|SizeLimitExceeded|body (?:limit|size) exceeded/i,
    /max.*(?:body|upload|file|payload|http post|request size|swallow|multipart)|(?:body|upload|file|payload|multipart).*(?:max|limit|size)|post max size/,
    'proxy-body-size',
  ),
  limit('the largest header of an answer', /upstream sent too big header/, /proxy (?:busy )?buffer/, 'proxy-buffer-size'),
  limit(
    'the largest header of a request',
    /client sent too (?:large|long)|Request [Hh]eader (?:Or|Fields|Too|is)|header (?:is )?too large|REQUEST_HEADER_FIELDS/,
    /(?:header|http).*(?:buffer|size)|max.*header/,
  ),
  limit(
    'its circuit breaker',
    /reset reason: overflow|upstream_rq_pending_overflow|circuit breaker (?:is )?open/i,
    /connection pool|max (?:pending )?requests|max connections|circuit breaker/,
  ), // Envoy
  limit(
    'the time that it waits for an answer',
    /upstream timed out .*while (?:reading|sending)|upstream request timeout|stream timeout|504 Gateway Time-?out/i,
    /(?:read|send|request|response|server|upstream|route|backend|idle) timeout|timeout (?:server|read|request)|^timeout$/,
    'proxy-read-timeout',
  ),
  limit(
    'a limit on the rate of requests',
    /limiting (?:requests|connections)(?:, excess| by zone)|rate.?limit(?:ed|ing)? exceeded|too many requests|local_rate_limited|rate limit reached/i,
    /limit (?:rps|rpm|req|connections|burst|rate)|rate ?limit|\b(?:rps|rpm|qps|burst)\b|requests per|throttle|average/,
  ),
  limit(
    'a list of who may come in',
    /access forbidden by rule|source (?:ip|address) .*not allowed|RBAC: access denied|rbac_access_denied|Request denied server|denied by (?:authorization )?policy|Policy denied|not in (?:the )?(?:white|allow)list/i,
    /(?:white|allow|deny|black)list|source ranges?|allow(?:ed)? (?:ips?|cidrs?|from)/,
  ),
  limit(
    'the check of who comes in',
    /auth request unexpected status|no user\/password was provided|user "[^"]*"(?::| was) (?:password mismatch|not found)/,
    /^auth |basic auth|forward auth/,
  ),
  limit(
    'the protocol to the backend',
    /(?:SSL_do_handshake\(\) failed|wrong version number|no valid HTTP\/1\.0 header|upstream sent invalid header|sent no valid).*upstream|plain HTTP request was sent to HTTPS/i,
    /backend protocol|secure backends|app protocol|proxy ssl/,
    'backend-protocol',
  ),
  limit(
    'the list of hosts that it answers to',
    /DisallowedHost|ALLOWED_HOSTS|Blocked hosts?:|Invalid HTTP_HOST|[Uu]ntrusted [Hh]ost|trusted[ _]domain|[Ii]nvalid [Hh]ost header|host .{1,60} is not allowed|Host header .*not allowed/,
    /allowed ?hosts?|trusted (?:hosts?|domains?)|(?:host|domain)s? (?:white|allow)list|allowed domains?|config hosts/,
  ),
  limit(
    'the list of origins that it answers to',
    /CORS|Access-Control-Allow-Origin|[Oo]rigin .{0,80}(?:not allowed|does not match|blocked|rejected)|Origin checking failed|CSRF.*[Oo]rigin|csrf.*trusted/,
    /cors|allow(?:ed)? origins?|origins?$|trusted origins/,
  ),
]
