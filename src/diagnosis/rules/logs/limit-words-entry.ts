import { limit, type LimitWord } from './limit-word.ts'

/** What programs that let requests in say of a limit or a check, beside what all programs say: see `limit-words.ts`. */
export const ENTRY_LIMITS: readonly LimitWord[] = [
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
  { what: 'the PROXY protocol', pattern: /PROXY protocol|proxy_protocol|broken header: /, setting: /proxy protocol/ },
  {
    what: 'the versions of TLS that are taken',
    pattern:
      /SSL_do_handshake\(\) failed .*(?:unsupported protocol|no shared cipher|wrong ssl version|version too low|inappropriate fallback)|tls: client offered only unsupported versions|no cipher suite supported/,
    setting:
      /(?:ssl|tls) (?:protocols?|ciphers?|(?:min(?:imum)?|max(?:imum)?) (?:protocol )?version|versions?|cipher suites?)|^(?:min|max) (?:tls )?version$|cipher/,
  },
  {
    what: 'the firewall for web requests',
    pattern: /ModSecurity: (?:Access denied|Warning)|coraza.*(?:denied|interrupt)/i,
    setting: /modsecurity|owasp|coraza|\bwaf\b/,
  },
]

/** Lines of such programs that name nobody, since the request was not read yet: they are about all that is let in. */
export const OF_ALL =
  /while (?:SSL handshaking|reading PROXY protocol|reading client (?:request|pipelined))|tls: client offered only|PROXY protocol/
