import { LIMITS } from '../logs/limit-words.ts'

/**
 * What programs write before they give up, most telling first: of several lines in one log the one highest in this table
 * is taken. The named groups say what the line names. Lines are matched after `\"` became `"`. Wordings are those of
 * the programs and libraries in the comments.
 */
export interface Signature {
  rule: LogRule
  pattern: RegExp
  /** Tells something only of a program that ended or is not ready: others say the like every day. */
  whenDown?: true
  /** What the line before (-1) or behind (1) says, where the line alone says nothing. */
  beside?: { at: -1 | 1; pattern: RegExp }
}

export type LogRule =
  | 'quota-refused'
  | 'bad-argument'
  | 'variable-missing'
  | 'config-invalid'
  | 'name-not-resolved'
  | 'cannot-connect'
  | 'authentication-failed'
  | 'rbac-denied'
  | 'certificate-invalid'
  | 'port-in-use'
  | 'storage-broken'
  | 'disk-full'
  | 'permission-denied'
  | 'file-missing'
  | 'folder-not-empty'
  | 'command-not-found'
  | 'database-schema'
  | 'limit-reached'
  | 'program-out-of-memory'
  | 'program-panic'
  | 'setting-limit'
  | 'privilege-missing'
  | 'read-only-server'
  | 'lock-held'
  | 'data-version'
  | 'quorum-lost'
  | 'image-unfit'
  | 'licence-invalid'
  | 'versions-apart'
  | 'program-errors'

const table = (rule: LogRule, ...patterns: RegExp[]): Signature[] => patterns.map((pattern) => ({ rule, pattern }))

export const SIGNATURES: readonly Signature[] = [
  ...table(
    'quota-refused',
    /(?<plural>[a-z][\w.-]*) "(?<name>[^"]+)" is forbidden: exceeded quota: (?<quota>[^,]+), requested: (?<asked>\S+?)(?:,\S*)?, used: /,
  ),
  ...table(
    'bad-argument',
    /(?:invalid|parse|parsing|cannot|not a|NumberFormat|Atoi|port)\b.*tcp:\/\/[\d.]+:\d+/i, // a Service's variable, taken for a port
    /unknown (?:long |shorthand )?flag:? '?(?<token>[\w-]+)'?(?: in (?<token2>-\w+))?/i, // pflag
    /flag provided but not defined: (?<token>-+[\w.-]+)/, // Go flag
    /unknown (?:sub-?)?command:? ["'`]?(?<token>[\w./:-]+)["'`]?/i, // cobra
    /no such (?:sub)?command:? ["'`]?(?<token>[\w./:-]+)/i,
    /unrecognized (?:command[- ]line )?(?:arguments?|options?|parameters?|commands?)(?: name)?:? ["'`]?(?<token>[\w./:=-]+)/i, // argparse, Java
    /(?:unknown|invalid|bad|illegal|unsupported) (?:command[- ]line )?(?:option|argument|parameter|switch)(?: name)?s?:? *(?:--)? *["'`(]?(?<token>-*[A-Za-z][\w./:=-]*)/i, // getopt, node
    /unexpected (?:argument|positional argument) ["'`](?<token>[^"'`]+)["'`]/i, // clap
    /invalid (?:argument|value) ["'`](?<token>[^"'`]*)["'`] for ["'`]?(?<token2>[^"'`:]+)/i, // pflag, clap
    /argument [^:]+: invalid (?:choice|\w+ value): ["'](?<token>[^"']+)["']/i, // argparse
    /Unrecognized VM option ["'](?<token>[^"']+)["']|Invalid maximum heap size: (?<token2>\S+)|Invalid initial heap size: (?<token3>\S+)/, // JVM
    /invalid (?:[\w-]+ ){0,2}(?:level|mode|duration|port|address|url|format|boolean|integer|type|backend|driver|policy|strategy)(?: value)?:? ["'`](?<token>[^"'`]+)["'`]/i,
  ).map((one): Signature => ({ ...one, whenDown: true })),
  ...table(
    'image-unfit',
    /version [`'"](?:GLIBC|GLIBCXX|CXXABI)\w*_[\d.]+['"] not found|error while loading shared libraries|cannot open shared object file|Error (?:loading|relocating) \S+\.so|symbol lookup error|undefined symbol: /, // the dynamic linkers of glibc and musl
    /UnsupportedClassVersionError|Could not load file or assembly|was compiled (?:by a more recent|against a different)|NoClassDefFoundError|NoSuchMethodError/, // JVM, .NET
    /You must install or update \.NET|compatible framework version|valid ICU package/, // .NET
    /No module named ["'](?<token>[\w.]+)["']|ImportError: cannot import name|ERR_MODULE_NOT_FOUND|Cannot find package ["'](?<token2>[^"']+)/, // Python, Node
    /Could not find gem |Bundler::GemNotFound|cannot load such file -- (?<token>[\w./-]+)/, // Ruby
    /could not find driver\b|Unable to load dynamic library|Call to undefined function |Class ["'][\w\\]+["'] not found/, // PHP
    /^exec (?<token>\/\S+): no such file or directory|bad interpreter|env: ["'\u2018]?\S+?\\?r["'\u2019]?: No such file/, // a script with the line ends of Windows, a program of another libc
    /Illegal instruction|CPU (?:does not support|lacks|ISA level is lower)|requires? (?:a CPU with )?(?:AVX|SSE4|x86-64-v\d)/,
    /CUDA driver version is insufficient|NVIDIA driver on your system is too old|no kernel image is available for execution|No CUDA GPUs are available|no CUDA-capable device|Failed to initialize NVML|CUDA_ERROR_NO_DEVICE|Torch not compiled with CUDA/,
    /engine ["']node["'] is incompatible|requires? (?:Node(?:\.js)?|Python|Java|PHP|Ruby) (?:version )?[\d>=^~"]|Your PHP version|requires a different Python/,
  ).map((one): Signature => ({ ...one, whenDown: true })),
  {
    rule: 'variable-missing',
    whenDown: true,
    pattern: /^(?<variable>[A-Za-z]\w*)\s*$/, // pydantic
    beside: { at: 1, pattern: /^\s+(?:[Ff]ield required|Input should be|Value error,)/ },
  },
  {
    rule: 'variable-missing',
    whenDown: true,
    pattern: /^\s*["'](?<variable>[A-Z][A-Z0-9_]{2,})["']\s*$/, // zod
    beside: { at: -1, pattern: /["']?path["']?: \[\s*$/ },
  },
  ...table(
    'variable-missing',
    /\b(?:define|specify|set|provide|configure)\b.{0,60}?\b(?<variable>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/, // entry points of images
    /\b(?<variable>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b (?:length|value|must|should|has to|needs|cannot)\b/,
  ).map((one): Signature => ({ ...one, whenDown: true })),
  ...table(
    'variable-missing',
    /["']?path["']?\s*:\s*\[\s*["'](?<variable>[A-Z][A-Z0-9_]{2,})["']\s*\]/, // zod
    /^\s+(?<variable>[A-Z][A-Z0-9_]{2,}): (?:undefined|\(required\)|Required|\[)/, // envalid
    /(?:Invalid|Missing) environment variables?:?\W{0,6}(?<variable>[A-Z][A-Z0-9_]{2,})/i, // t3-env
    /["'`](?<variable>[A-Z][A-Z0-9_]{2,})["'`] (?:must be a|must be one of|is not a valid|is not allowed to be empty)/, // joi
    /System Environment Property ["'](?<variable>[A-Z0-9_]+)["']/, // Spring
    /config property (?<variable>[\w.-]+) is required/, // SmallRye: Quarkus
    /(?:environment variable|env(?:ironment)? var(?:iable)?|env|variable)s?:? ["'`$]{0,2}(?<variable>[A-Z][A-Z0-9_]{2,})["'`]? (?:is |was )?(?:not set|not found|missing|required|undefined|must be set|unset|empty|not defined|not provided|not present)/i,
    /\b(?<variable>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)["'`]? (?:environment variable |env var |setting )?(?:is |was )?(?:not set|must be set|required|not defined|undefined|missing|not found in (?:the )?environment|unset|cannot be empty|must not be empty|not specified|not provided)/,
    /(?:missing|required|undefined|unset)(?: required)?(?: environment variables?| env vars?| variables?| env| settings?| config(?:uration)?)?:? ["'`$]{0,2}(?<variable>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)/i,
    /KeyError: ["'](?<variable>[A-Z][A-Z0-9_]{2,})["']/, // Python os.environ
    /required key (?<variable>[A-Z][A-Z0-9_]+) missing value/, // envconfig
    /Could not resolve placeholder ["'](?<variable>[\w.-]+)["']/, // Spring
    /line \d+: (?<variable>[A-Z][A-Z0-9_]+): (?:unbound variable|parameter (?:null or )?not set)/, // sh -u
    /Database is uninitialized and (?:superuser )?password (?:option )?is not specified.*?(?<variable>[A-Z][A-Z0-9_]+)?/, // postgres, mysql images
  ),
  ...table(
    'config-invalid',
    /(?<path>\/[^:\s]+):\d+ - Error during parsing: (?:Unknown directive ['"](?<token>[^'"]+))?/i, // Caddy's parser: CoreDNS
    /unknown directive ["'](?<token>[^"']+)["'] in (?<path>\/[^:\s]+)/, // nginx
    /\[emerg\] (?!.*(?:host not found|bind\(\)|open\(\)|no such file)).* in (?<path>\/[^:\s]+):\d+/i, // nginx
    /FATAL CONFIG FILE ERROR|Bad directive or wrong number of arguments/, // redis
    /unrecognized configuration parameter ["'](?<token>[^"']+)["']/i, // postgres
    /unknown variable ["'](?<token>[^"'=]+)/i, // mysqld
    /(?:error|failed|unable|cannot|could not|couldn't|invalid)\b.{0,40}\b(?:pars|load|decod|unmarshal|read|validat)\w*\b.{0,60}?(?<path>\/[\w./-]+\.(?:ya?ml|json|toml|conf|cfg|ini|properties|xml))(?!.*no such file)/i,
    /(?<path>\/[\w./-]+\.(?:ya?ml|json|toml|conf|cfg|ini|properties|xml))\b.{0,80}\b(?:invalid|parse error|syntax error|cannot unmarshal|did not find expected|unexpected)/i,
    /\bconfig\w*\W{1,4}(?:error in |parsing \[)(?<path>\/[^\]:\s]+):\d+/i, // HAProxy, Fluent Bit
    /(?<path>\/[\w./-]+\.(?:alloy|river|hcl|cfg|conf|vcl)):\d+:\d+: /, // HCL and its kin
    /(?:unknown|unrecognized) (?:setting|keyword|field|configuration (?:variable|option|key|parameter)|attribute(?: name)?|property|element|section)s?:? ["'`[]+(?<token>[\w.-]+)/i, // HAProxy, serde, Elasticsearch, Alloy
    /\bthe (?<token>[\w.-]+) (?:exporter|receiver|processor|extension|plugin|option|setting|filter|directive|module|provider|driver) (?:has been|was|is) (?:deprecated|removed|no longer)\b/i, // OpenTelemetry
    /(?:yaml: (?:line \d+|unmarshal errors)|error converting YAML|toml: (?:line|cannot)|invalid character .{1,8} (?:looking for|after)|JSONDecodeError|SyntaxError: (?:Unexpected token|Expected .* in JSON|Unexpected end of JSON)|did not find expected (?:key|node)|mapping values are not allowed)/,
    /\bmissing (?:(?:required|mandatory) )?(?:config(?:uration)? )?(?:field|key|property|setting|section|option|parameter)s?:? ["'`]?(?<token>[a-z][\w.-]+)/i,
    /(?:field|key|property|setting|option|parameter) ["'`]?(?<token>[\w.-]+)["'`]? (?:not found in type|is not (?:a valid|allowed|recognized|known|supported))/i,
    /(?:invalid|bad|malformed|unsupported|illegal) (?:config(?:uration)?|setting|value)(?: (?:value|for|file|in|of))*:? ["'`]?(?<token>[\w.-]{2,})/i,
  ),
  ...table(
    'name-not-resolved',
    /lookup (?<host>[\w.-]+)(?: on [\d.:[\]a-f]+)?: (?:no such host|server misbehaving|.*i\/o timeout|Temporary failure|no answer|dnsquery|.*connection refused)/i, // Go
    /dns resolution for (?<host>[\w.-]+) failed/i, // Envoy
    /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?<host>[\w.-]+)/, // Node
    /could not (?:resolve|find) host(?:name)?:? ["'`]?(?<host>[\w.-]+)/i, // curl
    /could not translate host name ["'](?<host>[^"']+)["']/i, // libpq
    /UnknownHostException:? (?<host>[\w.-]+)/, // Java
    /Unknown (?:MySQL |MariaDB )?server host ["'](?<host>[^"']+)["']/i,
    /host not found in upstream ["'](?<host>[\w.-]+)/i, // nginx
    /bad address ["'](?<host>[^"']+)["']/i, // busybox
    /\bunknown host:? ["'`(]?(?<host>[a-z0-9][\w.-]*)/i, // Cassandra's drivers, ping
    /No resolvable bootstrap urls given in/, // Kafka
    /getaddrinfo for (?<host>[\w.-]+) failed/i, // PHP
    /(?:Failed to resolve|failed to lookup address information for|unable to resolve (?:host )?(?:address|name)?|could not resolve) ["'`]?(?<host>[\w-]+(?:\.[\w-]+)*)/i,
    /(?:Name or service not known|nodename nor servname provided|Temporary failure in name resolution|No such host is known|Name does not resolve|NXDOMAIN|failed to lookup address)/i,
  ),
  ...table(
    'authentication-failed',
    // Only who asks says so, never who is asked.
    /(?<client>AADSTS\d+|invalid_client|unauthorized_client|invalid_grant|SignatureVerificationError|No signatures found matching|ExpiredToken|TokenExpired|client secret .{0,40}expired|keystore password was incorrect|keystore was tampered with|Permission denied \((?:publickey|password)|Host key verification failed|could not read (?:Username|Password) for|Bad credentials|(?:api[ -]?key|access[ -]?token|credentials?|password|secret) (?:has |have |is |are )?(?:been )?(?:expired|revoked|disabled))/i,
    /(?<unknown>no such user:? ['"`]?(?<token>[\w.-]+)|no pg_hba\.conf entry for host .{1,60}user ["'](?<token2>[^"']+)["'])/i, // PgBouncer, PostgreSQL
    /password authentication failed for user ["'](?<token>[^"']+)["']/i, // postgres
    /Access denied for user ["'](?<token>[^"'@]+)["']@/i, // mysql
    /(?:role|user) ["'](?<token>[^"']+)["'] does not exist/i,
    /Login failed for user ["'](?<token>[^"']+)["']/i, // SQL Server
    /WRONGPASS|NOAUTH Authentication required|ERR (?:AUTH|invalid password)|invalid username-password pair/i, // redis
    /\b(?:SASL|SCRAM|LDAP|MongoServerError|MongoError).{0,60}auth\w* ?fail/i,
    /(?:authentication|authorization|login) (?:has )?failed|invalid (?:credentials|api[ -]?key|token|access key|username or password|password)|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidClientTokenId|ACCESS_REFUSED|Authorization Violation|\b535[ -]5\.7\.\d/i,
    /\b401\b.{0,20}unauthori[sz]ed|unauthori[sz]ed.{0,20}\b401\b/i,
  ),
  ...table(
    'read-only-server',
    /READONLY You can't write against a read only|in a read-only transaction|running with the --(?:super-)?read-only option|NotWritablePrimary|not (?:primary|master) and|NOT_LEADER_FOR_PARTITION.*write|is not the (?:leader|primary)|database is read-only|cannot execute \w+ during recovery|MISCONF Redis|MISCONF (?:Valkey|Errors)|MASTERDOWN|CLUSTERDOWN|not accepting commands (?:to avoid|that)/i,
  ),
  ...table(
    'quorum-lost',
    /no (?:cluster |known |elected )?(?:leader|peers)\b|(?:lost|without|no|not enough (?:nodes|members) (?:for|to form)(?: a)?) quorum|quorum (?:is |was )?(?:lost|not (?:reached|available|met|present))|aborting election|minority partition|not enough (?:master|voting|healthy) (?:nodes|members|peers)|have discovered .{0,200}which is not a quorum|no master(?: node)? (?:found|available|elected)|NoShardAvailable|LEADER_NOT_AVAILABLE|ReplicaSetNoPrimary/i,
  ),
  ...table(
    'data-version',
    /incompatible with (?:this|the) (?:server|version)|[Cc]an(?:no|')t (?:be )?downgrade|downgrade (?:is )?not supported|Can't handle RDB format version|UPGRADE PROBLEM|Invalid featureCompatibilityVersion|was (?:initialized|created|written) (?:by|with) .{0,40}(?:version|which is not compatible)|(?:newer|higher|later) (?:version )?than (?:this|the|supported|current)|unsupported (?:data|on-disk|file|index|log) (?:file )?format|index format version|(?:schema|database|data) version .{0,40}(?:newer|higher|not supported|too new)/,
    // What migrations say of a database that a newer release has written: Alembic, Flyway, golang-migrate, goose, Knex, Rails, Gitea, SonarQube, NextCloud
    /Can't locate revision identified by ["'](?<token>[^"']+)|applied migration not resolved locally|no migration found for version|migration directory is corrupt|UnknownMigrationVersion|(?:database|schema) (?:is|was upgraded|has been upgraded) (?:for|to|by) a (?:newer|more recent)|version of the data .{0,80}is higher than|missing \(out-of-order\) migrations? lower than|downgrading is not (?:supported|possible)|(?:database|schema|data)\b.{0,60}\b(?:is|are) (?:newer|ahead|from a (?:newer|later|future))|cluster cannot be downgraded|Wrong mongod version/i,
  ),
  ...table(
    'privilege-missing',
    /must be owner of (?:table|relation|schema|database|sequence|view|function|type|extension) ["'`]?(?<token>[\w.]+)|permission denied for (?:table|schema|database|relation|sequence|function|view) ["'`]?(?<token2>[\w.]+)/i, // postgres
    /(?<token>[A-Z ]+) command denied to user ["'](?<user>[^"'@]+)|Access denied for user ["'](?<user2>[^"'@]+)["']@\S+ to database/i, // mysql
    /not authorized on (?<token>\S+) to execute command|NOPERM |(?:Topic|Group|Cluster)AuthorizationException|(?:TOPIC|GROUP|CLUSTER)_AUTHORIZATION_FAILED|ORA-01031|security_exception.*unauthorized/, // MongoDB, Redis, Kafka, Oracle, Elasticsearch
    /\b(?:AccessDenied\b|AuthorizationPermissionMismatch|not authorized to perform:? (?<token>[\w:]+)|does not have (?<token2>[\w.]+) access)/, // clouds
  ),
  ...table(
    'rbac-denied',
    /is forbidden: User "system:serviceaccount:(?<namespace>[^:"]+):(?<account>[^"]+)" cannot (?<verb>\w+) resource "(?<resource>[^"]+)"(?: in API group "(?<group>[^"]*)")?(?:.*in the namespace "(?<where>[^"]+)")?/,
  ),
  ...table(
    'certificate-invalid',
    /x509: certificate (?:has expired|is not yet valid|signed by unknown authority|is valid for|is not valid for|relies on legacy|specifies an incompatible)|x509: cannot validate certificate/i,
    /(?:certificate|licen[cs]e) ["'`(]*(?<path>\/[\w./-]+)["'`)]* (?:has |is )?(?:expired|not yet valid|no longer valid)/i,
    /certificate (?:has )?expired|CERT_HAS_EXPIRED|certificate is not yet valid|CERTIFICATE_VERIFY_FAILED|certificate verify failed/i,
    /unable to (?:verify the first certificate|get local issuer certificate)|self.signed certificate|PKIX path building failed|UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT/i,
    /remote error: tls: (?:expired|revoked|unknown) certificate|alert (?:certificate (?:expired|unknown|revoked)|bad certificate|unknown ca)\b|CLIENT ALERT.{0,60}certificate/i,
    /tls: (?:failed to (?:find|parse|load)|private key does not match|bad certificate|unknown certificate)|key values mismatch|certificate (?:and|does not match) .{0,20}key|Hostname\/IP does not match certificate|doesn't match the certificate/i,
    /tls: first record does not look like a TLS handshake|wrong version number|SSL_ERROR_RX_RECORD_TOO_LONG|http: server gave HTTP response to HTTPS client|frame header looked like an HTTP\/1\.1 header|malformed HTTP response|Unsupported HTTP version|invalid HTTP version|received HTTP\/0\.9|PRI \* HTTP\/2\.0|Expected HTTP\/, RTSP\/ or ICE\/|SSLException: (?:Unrecognized|Unsupported or unrecognized) SSL message/i,
  ),
  ...table(
    'licence-invalid',
    /licen[cs]e\b.{0,80}(?:\bexpired?\b|\binvalid|not valid|not found|missing|revoked|exceeded|could not|cannot|failed)|(?:expired|invalid|no valid) licen[cs]e\b|licen[cs]e_expired/i,
  ),
  ...table(
    'versions-apart',
    /maximum wire version \d+, but|[Uu]nsupported wire version|client version \S+ is too (?:old|new)|Minimum supported API version|Accept version must be|server is not Elasticsearch|unsupported frontend protocol|UNSUPPORTED_VERSION|UnsupportedVersionException|[Uu]nsupported (?:protocol|API|schema|message|file|server|client) version|protocol version mismatch|version (?:skew|mismatch)|incompatible (?:protocol|client|server|API) version|ER_NOT_SUPPORTED_AUTH_MODE|does not support authentication protocol|Authentication plugin ["'][\w]+["'] (?:cannot be loaded|is not loaded)|Plugin ["'][\w]+["'] is not loaded|code = Unimplemented|\bUNIMPLEMENTED\b|ERR unknown command/,
  ),
  // Said together with "connection … failed", and tells more.
  ...table(
    'database-schema',
    /\bvhost ["'`]?(?<token>[\w.-]+)["'`]? (?:not found|does not exist|is down)|(?:FATAL:?\s+)database ["'](?<token2>[^"']+)["'] does not exist|Unknown database ["'](?<token3>[^"']+)["']/i,
  ),
  ...table(
    'limit-reached',
    /too many (?:connections|clients)|remaining connection slots are reserved|connection pool (?:is )?exhausted|QueuePool limit|max_connections|maximum number of connections|max(?:imum)? number of clients reached|maximum connections exceeded/i,
  ),
  ...table('setting-limit', ...LIMITS.map(({ pattern }) => pattern)),
  ...table(
    'storage-broken',
    /Input\/output error|\bEIO\b|[Ss]tale (?:NFS )?file handle|\bESTALE\b|Transport endpoint is not connected|[Ss]tructure needs cleaning|\bEUCLEAN\b|bad superblock|EXT4-fs error|Remounting filesystem read-only/,
  ),
  ...table(
    'port-in-use',
    /(?:address already in use|EADDRINUSE|Address in use|port is already (?:allocated|in use)|Port \d+ (?:was |is )already in use|Only one usage of each socket address)/i,
  ),
  ...table(
    'cannot-connect',
    /connection refused|ECONNREFUSED|actively refused|refused the connection|no route to host|EHOSTUNREACH|network is unreachable|ENETUNREACH|NoRouteToHost/i,
    /Connection to node -?\d+ .{0,120}could not be established|Bootstrap broker \S+ .{0,20}disconnected/, // Kafka
    /can(?:'|no)t connect to [a-z][a-z0-9+.-]*:\/\/\S+|can(?:'|no)t reach \S+ (?:server )?at/i, // kombu, Prisma
    /could not reach any contact point|All host\(s\) tried|NoNodeAvailableException|NoHostAvailable|no available connection/i, // Cassandra, Elasticsearch
    /All host\(s\) tried for .{0,10}query failed|NoHostAvailableException/i, // Cassandra's drivers
    /can(?:'|no)t connect to (?:\w+ )?server|failed to connect to|unable to connect to|could not connect to|error connecting to|connection to .{1,80} failed/i,
    /i\/o timeout|ETIMEDOUT|ESOCKETTIMEDOUT|connect(?:ion)? (?:timed? ?out|timeout)|context deadline exceeded|operation timed out|read timed out|timed out (?:waiting|while|after|connecting)|SocketTimeoutException|ConnectTimeout|DEADLINE_EXCEEDED|DeadlineExceeded|timeout awaiting|Client\.Timeout|timeout of \d+ ?ms exceeded|Timeout was reached/i,
    /(?:waiting|wait) for (?:the )?(?:\w+ )?[\w.-]+(?::\d+| to (?:be|become|come|accept|start)| (?:service|server|database|host))|is unavailable - sleeping|not (?:yet )?(?:ready|available|reachable).{0,30}(?:retry|wait|sleep)/i,
    /ECONNRESET|connection reset by peer|socket hang up|upstream connect error|no healthy upstream|no live upstreams|Broken pipe/i,
    /(?:status(?: code)?|HTTP(?:\/\d(?:\.\d)?)?|returned|code|response|error)\W{0,4}(?<status>50[0234])\b/i,
  ),
  ...table(
    'disk-full',
    /StorageFull|reached its minimum free (?:drive|disk) (?:threshold|space)|(?:volume|storage|drive|partition|filesystem) (?:is |has )?(?:full|run out of space)|out of (?:disk|storage) space|insufficient storage/i,
    /no space left on device|ENOSPC|disk quota exceeded|EDQUOT|No usable temporary directory|not enough (?:disk )?space|disk (?:is )?full|insufficient disk space|database or disk is full/i,
  ),
  ...table(
    'permission-denied',
    /permissions (?:\d+ )?(?:on|for|of) ["'`]?(?<path>\/[\w./-]+)["'`]? are (?<open>too open)|["'](?<path2>\/[^"']+)["'] has (?<open2>group or world access)/i, // MongoDB, ssh, PostgreSQL
    /(?<path>\/[\w./-]+) must be (?<open>accessible by owner only)/, // Erlang
    /data directory ["'](?<path>\/[^"']+)["'] has (?:wrong ownership|invalid permissions)/, // PostgreSQL
    /in server root dir (?<path>\/[^)\s]+)\) for saving: (?:Permission denied|Read-only)/, // Redis
    /listen EACCES:? permission denied .{0,40}?(?<port>:\d+)/, // Node
    /can't initialize ip6?tables|you must be root|requires? (?:root|CAP_\w+|NET_ADMIN)|(?:netlink|raw socket|SOCK_RAW|ping: socket|setns|unshare|mount|TUNSETIFF|tun device).{0,60}[Oo]peration not permitted/,
    /(?<path>\/[\w./@-]+)["']?: (?:permission denied|read-only file system|operation not permitted)/i,
    /(?:EACCES|EROFS|EPERM):.{0,40}["'](?<path>\/[^"']+)["']/, // Node
    /(?:Permission denied|Read-only file system|Operation not permitted):? ["'](?<path>\/[^"']+)["']/i, // Python
    /FileNotFoundException: (?<path>\/[^\s:(]+)(?= ?\((?:Permission denied|Read-only))|(?:nio\.file\.|^)AccessDeniedException: (?<path2>\/[^\s:(]+)/, // Java
    /(?:cannot|can't|could not|unable to|failed to) (?:create|open|write|touch|remove|change|mkdir|access|lock)\w*.{0,30}?["'`]?(?<path>\/[\w./@-]+)["'`]?.{0,40}(?:permission denied|read-only file system|operation not permitted)/i,
    /\b(?:open|mkdir|unlink|rename|chown|access|stat)\(\) ["'](?<path>\/[^"']+)["'] failed \((?:1|13|30): /, // nginx, Apache
    /bind\(?\)?.{0,60}(?<port>:\d+)?.{0,20}permission denied/i,
  ),
  ...table(
    'folder-not-empty',
    /directory ["'](?<path>\/[^"']+)["'] exists but is not empty/i, // initdb
    /data directory (?:["'](?<path>\/[^"']+)["'] )?(?:is not empty|has files in it)/i, // mysqld --initialize
  ),
  ...table(
    'lock-held',
    /lock DB directory|database is locked|LockObtainFailedException|failed to obtain (?:node )?locks?|could not lock|unable to (?:obtain|acquire) (?:the )?(?:file )?lock|already (?:locked|in use) by another|another (?:instance|process) is (?:already )?(?:running|using)|lock file ["'`]?(?<path>\/[^"'\s]+)["'`]? already exists|[Rr]esource temporarily unavailable.{0,40}lock|lock.{0,60}[Rr]esource temporarily unavailable|Unable to lock .{1,60}error/,
  ),
  ...table(
    'file-missing',
    /(?:open|stat|lstat|read|access|readlink|load(?:ing)?|chdir|fork\/exec|can't open|cannot open|could not open|open\(\))[: ]+["'`]?(?<path>\/[\w./@+-]+)["'`]?\)?:? (?:failed \(2: )?(?:no such file|cannot find|does not exist|No such file)/i,
    /(?:ENOENT: no such file or directory|FileNotFoundError:.*No such file or directory),?:? ?(?:\w+ )?["'](?<path>[^"']+)["']/, // Node, Python
    /(?:FileNotFoundException|NoSuchFileException): (?<path>\/[^\s(:]+)/, // Java
    /(?:can't|cannot|could not|unable to|failed to) (?:open|access|find|read|load|stat)\b.{0,30}?["'`:]? ?["'`]?(?<path>\/[\w./@+-]+)/i,
    /(?:open|read|load|error reading)[: ]+["'`]?(?<path>\/[\w./@+-]+)["'`]?: is a directory/i,
    /Unable to access jarfile (?<path>\S+)|Cannot find module ["'](?<path2>[^"']+)["']|can't open file ["'](?<path3>[^"']+)["']/,
    /(?<path>\/[\w./@+-]+)["']?:? (?:No such file or directory|does not exist|not found|file not found)/i,
  ),
  ...table(
    'command-not-found',
    /(?:sh|bash|ash|entrypoint\.sh|line \d+): (?:line )?(?:\d+: )?(?<token>[\w./-]+): (?:command )?not found/i,
    /exec: (?<token>[\w./-]+): not found|exec format error/i,
  ),
  ...table(
    'database-schema',
    /(?:relation|table|column|database|schema) ["'`](?<token>[^"'`]+)["'`] (?:does not exist|doesn't exist)/i,
    /Unknown (?:database|column|table) ["'](?<token>[^"']+)["']|no such table: (?<token2>\w+)|Table ["'](?<token3>[^"']+)["'] doesn't exist/i,
    /Dirty database version|migration .{0,60}(?:failed|error)|(?:failed|error).{0,30}migration|pending migrations?|unapplied migration|migrations? (?:have|has) not (?:yet )?been applied|database is not up to date|schema (?:is )?(?:out of date|too old|behind)|Waiting for changelog lock|Found non-empty schema/i,
  ),
  ...table(
    'limit-reached',
    /too many open files|EMFILE|ENFILE/,
    /can't start new thread|unable to create (?:new )?native thread|Resource temporarily unavailable|pthread_create failed|fork: retry/i,
    /inotify|no space left on device.*inotify/i,
  ),
  ...table(
    'program-out-of-memory',
    /Could not reserve enough space for (?:\d+\w* )?object heap|Initial heap size set to a larger value|insufficient memory for the Java Runtime/i,
    /was sent SIGKILL! Perhaps out of memory|[Ww]orker .{0,40}signal 9 ?\(?SIGKILL/, // gunicorn, Celery
    /java\.lang\.OutOfMemoryError(?:: (?<token>[\w ]+))?|JavaScript heap out of memory|(?:^|\s)MemoryError\b|runtime: out of memory|cannot allocate memory|std::bad_alloc|OutOfMemoryException|memory allocation of \d+ bytes failed/i,
  ),
  // Where nothing else is said: a program that ends while it reads what it is told.
  {
    rule: 'config-invalid',
    whenDown: true,
    pattern:
      /\b(?:fail(?:ed|ure)?|errors?|cannot|can't|could not|couldn't|unable|invalid|malformed|bad|illegal)\b(?!.{0,60}\b(?:connect|dial|http|timeout|refused)).{0,40}\b(?:config(?:uration)?s?|conf(?:ig)? file|settings)\b(?!.{0,20}(?:server|service|client|map))/i,
  },
  ...table(
    'program-panic',
    /^panic: (?<message>.+)/, // Go
    /^fatal error: (?<message>.+)/, // Go runtime
    /Exception in thread "[^"]*" (?<message>.+)/, // Java
    /^Caused by: (?<message>.+)/, // Java
    /^(?:Uncaught )?(?<message>(?:[A-Z]\w*)?(?:Error|Exception)(?: \[[\w.]+\])?: .+)/, // Node, Python
    /^(?<message>(?:[a-z_]\w*\.)+[A-Z]\w*(?:Error|Exception)(?:: .+)?$)/, // Python, Java
    /Unhandled exception\.? (?<message>.+)/i, // .NET
    /thread '[^']*'(?: \(\d+\))? panicked at (?<message>.+)/, // Rust
    /segmentation fault|SIGSEGV|core dumped|SIGABRT|assertion .{0,60}failed/i,
  ),
  ...table(
    'program-errors',
    /^(?!.*\b(?:INFO|DEBUG|WARN|WARNING|TRACE)\b).*?(?<message>\b(?:[A-Z][A-Za-z]*(?:::|\.))*[A-Z][A-Za-z]+(?:Error|Exception)\b.{8,})/, // Ruby, .NET, Java in the middle of a line
    /\b(?:FATAL|CRITICAL|SEVERE|EMERG|PANIC)\b\W+(?<message>.{8,})/,
    /\[(?:emerg|alert|crit)\] (?<message>.{8,})/, // nginx
    /"(?:level|severity|lvl|log\.level|levelname)"\s*:\s*"(?:fatal|panic|critical|error)"(?<message>.*)/i,
    /\blevel=(?:fatal|panic|error|crit)\b(?<message>.*)/,
    /\bWARN(?:ING)?\b[\s:\]|]+(?<message>.*\b(?:fail(?:ed|ure)?|invalid|reject(?:ed)?|denied|refused|unknown|mismatch|[Ee]rror while|is DOWN|unhealthy|wrong status|no \w+ exists)\b.*)/,
    /(?:^|[\s[\]|(.<])(?:ERROR|ERR|Error>|\[error\]|error:)(?:\/\w+)?[\s:\]|]+(?<message>.{8,})/,
    /Completed 5\d\d (?<message>.*)|"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+ HTTP\/[\d.]+" 5\d\d\b|"(?:status|status_code|code|response_code)"\s*:\s*"?5\d\d\b/,
  ),
  {
    rule: 'program-errors',
    whenDown: true,
    pattern:
      /(?<message>.*\b(?:error|fatal|fail(?:ed|ure|s)?|exception|cannot|can't|could not|unable|invalid|denied|refused|expected|mismatch|not found|not discovered|unsupported|unknown|expired|rejected|Reason:|(?:precondition|not)_(?:failed|found|allowed)|already running).*)/i,
  },
]
