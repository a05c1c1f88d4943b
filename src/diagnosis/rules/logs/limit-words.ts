import { limit, type LimitWord } from './limit-word.ts'
import { ENTRY_LIMITS } from './limit-words-entry.ts'

/** Of servers, brokers and libraries; the most telling first. */
export const LIMITS: readonly LimitWord[] = [
  limit('how many parts a table may have', /Too many parts \(|TOO_MANY_PARTS/, /parts to (?:throw|delay)/), // ClickHouse
  limit('its queue of connections', /listen queue .{0,80}full/, /^listen$|backlog|somaxconn/), // uWSGI
  limit(
    'the sender',
    /[Ss]ender (?:address )?(?:rejected|not (?:allowed|verified|owned))|Email address is not verified/,
    /(?:^| )(?:from|sender)(?: (?:address|email))?$/,
  ),
  limit('how long a standby waits', /due to conflict with recovery/, /max standby|hot standby feedback/),
  limit(
    'the log that is kept for standbys',
    /requested WAL segment .* has already been removed|too stale to catch up|[Cc]ould not find first log file name/,
    /wal keep|max slot wal|oplog|binlog expire|expire logs/,
  ), // PostgreSQL, MongoDB, MySQL
  limit(
    'the versions of TLS that it speaks',
    /alert: protocol_version|protocol version not supported|unsupported protocol\b|no protocols? in common|no cipher suites? in common|handshake_failure|no shared cipher|UNSUPPORTED_PROTOCOL/i,
    /(?:tls|ssl) (?:min|max)|(?:min|max)\w* (?:tls|ssl|version)|(?:tls|ssl) (?:protocols?|versions?)|ciphers?/,
  ),
  limit(
    'whether TLS is used',
    /SSL is not enabled on the server|server does not support (?:SSL|TLS)|(?:SSL|TLS)(?: connection)? (?:is )?required\b|insecure transport are prohibited|requires? (?:a )?(?:secure|encrypted|TLS|SSL) connection|must use (?:SSL|TLS)\b/,
    /(?:^| )(?:ssl|tls|sslmode|encrypt|secure transport|security protocol)/,
  ), // PostgreSQL, MySQL
  limit('its limit of memory', /OOM command not allowed|used memory > '?maxmemory/, /^maxmemory\b/), // Redis, Valkey
  limit('its limit of memory', /SERVER_ERROR out of memory storing object/, /^(?:m|memory limit)$/), // memcached
  limit(
    'its limit of streams',
    /[Mm]aximum active stream limit exceeded|per-user (?:streams|series) limit|max_(?:global_)?(?:streams|series)_per_user|ingestion rate limit exceeded/,
    /max (?:global )?(?:streams|series) per (?:user|metric)|ingestion rate/,
  ), // Loki, Mimir
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
  limit(
    'its number of workers',
    /server reached (?:pm\.)?max_children|server reached MaxRequestWorkers/,
    /max children|max request workers/,
  ), // PHP-FPM
  limit('its number of connections', /worker_connections are not enough/, /worker connections/), // nginx
  limit('the timeout of a worker', /WORKER TIMEOUT \(pid/, /^timeout$|(?:worker|request|gunicorn) timeout/), // gunicorn
  limit('the time of a task', /Hard time limit \(|TimeLimitExceeded|Soft time limit/, /time limit/), // Celery
  limit(
    'its quota of memory',
    /Allowed memory size of|Memory usage is above (?:soft|hard) limit|data refused due to high memory|GC overhead limit|MemoryLimitExceeded|exceeded memory limit|MEMORY_LIMIT_EXCEEDED|exceeds memory limit/i,
    /mem(?:ory)? (?:limit|usage)|limit (?:mib|percentage)|max (?:server )?mem|xmx|java opts/,
  ),
  limit(
    'its storage',
    /insufficient (?:storage )?resources(?: available)?\b|maximum (?:bytes|messages) exceeded/,
    /max (?:file|mem(?:ory)?) store|max (?:file|bytes|msgs)/,
  ), // NATS
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
  ...ENTRY_LIMITS,
]
