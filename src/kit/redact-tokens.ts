/**
 * Credentials that are known by their own shape, wherever they stand. Prefixes and lengths as their makers publish them;
 * minimum lengths are a little below, since a truncated token is still most of a token.
 */

/** Not in the middle of a word; but a word may begin after an escape (`\n`), a percent code (`%3D`) or a terminal colour. */
const START = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\x1b\[[0-9;]{0,12}m))`
/** The same for runs that may hold `-` and `_`: begins only where a run begins, which keeps the search linear. */
const RUN_START = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\x1b\[[0-9;]{0,12}m))`

const TOKENS: readonly (readonly [kind: string, pattern: string])[] = [
  ['jwt', String.raw`${RUN_START}eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}`],
  ['grafana-token', String.raw`eyJrIjoi[A-Za-z0-9+/=]{30,}|gl(?:c|sa)_[A-Za-z0-9+/_]{20,}={0,2}`],
  ['anthropic-key', String.raw`${START}sk-ant-[A-Za-z0-9_-]{16,}`],
  ['openai-key', String.raw`${START}sk-(?:(?:proj|svcacct|admin|or-v1)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{32,})`],
  ['github-token', String.raw`gh[pousr]_[A-Za-z0-9_]{16,}(?:[A-Za-z0-9_-]{0,512}\.[A-Za-z0-9_-]{8,}){0,2}|github_pat_[A-Za-z0-9_]{20,}`],
  [
    'gitlab-token',
    String.raw`${START}gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_.-]{4,})?`,
  ],
  ['slack-token', String.raw`xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|xoxe-[A-Za-z0-9-]{10,}`],
  ['slack-webhook', String.raw`(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[A-Za-z0-9/_-]{8,}`],
  [
    'webhook-url',
    String.raw`(?<=discord(?:app)?\.com/api/)webhooks/[0-9]{5,}/[A-Za-z0-9_-]{8,}|(?<=\.webhook\.office\.com/)webhookb2/[^\s"'<>]{8,}`,
  ],
  ['stripe-key', String.raw`${START}(?:(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/]{16,}={0,2})`],
  ['google-key', String.raw`AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{16,}|GOCSPX-[A-Za-z0-9_-]{20,}`],
  ['azure-secret', String.raw`(?<=[A-Za-z0-9_~.-]{3}[0-9])Q~[A-Za-z0-9_~.-]{31,34}`],
  ['url-signature', String.raw`(?<=[?&;](?:sig|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature|Signature)=)[A-Za-z0-9%+/=_-]{16,}`],
  ['vault-token', String.raw`${START}hv[sbr]\.[A-Za-z0-9_-]{20,}`],
  ['npm-token', String.raw`${START}npm_[A-Za-z0-9_]{30,}|(?<=_authToken=)[^\s$"'\[][^\s"']*`],
  ['pypi-token', String.raw`pypi-AgE[A-Za-z0-9_-]{40,}`],
  ['docker-token', String.raw`dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`],
  ['sendgrid-key', String.raw`${START}SG\.[A-Za-z0-9_-]{8,128}\.[A-Za-z0-9_-]{8,128}`],
  ['mailgun-key', String.raw`${START}key-[0-9a-f]{32}(?![0-9a-f])`],
  ['twilio-key', String.raw`${START}SK[0-9a-f]{32}(?![0-9a-f])`],
  ['telegram-token', String.raw`${START}[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}`],
  ['huggingface-token', String.raw`${START}hf_[A-Za-z]{30,}`],
  ['groq-key', String.raw`${START}gsk_[A-Za-z0-9]{40,}`],
  ['xai-key', String.raw`${START}xai-[A-Za-z0-9]{40,}`],
  ['linear-key', String.raw`${START}lin_(?:api|oauth)_[A-Za-z0-9_]{30,}`],
  ['notion-token', String.raw`${START}ntn_[0-9]{9,}[A-Za-z0-9]{30,}`],
  ['shopify-token', String.raw`${START}shp(?:pa|ca|at|ss|ua|tka)_[A-Za-z0-9]{30,}`],
  ['databricks-token', String.raw`${START}dapi[A-Fa-f0-9]{32}(?:-[0-9])?`],
  ['digitalocean-token', String.raw`${START}do[opr]_v1_[0-9a-f]{40,}`],
  ['doppler-token', String.raw`${START}dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}`],
  ['newrelic-key', String.raw`${START}NR(?:AK|AA|JS|II|RA)-[A-Za-z0-9-]{20,}`],
  ['cloudflare-token', String.raw`${START}cf(?:k|ut|at)_[A-Za-z0-9]{40,}`],
  ['tailscale-key', String.raw`${START}tskey-[a-z]{2,20}-[A-Za-z0-9_]{8,}(?:-[A-Za-z0-9_]{8,})?`],
  ['onepassword-token', String.raw`${START}ops_ey[A-Za-z0-9+/=]{60,}`],
  ['vercel-token', String.raw`${START}vc[piark]_[A-Za-z0-9]{20,}`],
  ['figma-token', String.raw`${START}figd_[A-Za-z0-9_-]{30,}`],
  ['atlassian-token', String.raw`ATATT3[A-Za-z0-9_=-]{60,}`],
  ['terraform-token', String.raw`(?<=[A-Za-z0-9]{14}\.)atlasv1\.[A-Za-z0-9_-]{40,}`],
  ['sentry-token', String.raw`sntry[su]_[A-Za-z0-9+/=_-]{30,}`],
  ['pulumi-token', String.raw`${START}pul-[0-9a-f]{40}`],
  ['postman-key', String.raw`PMAK-[0-9a-f]{20,}-[0-9a-f]{30,}`],
  ['bootstrap-token', String.raw`(?<=token[ "':=]{1,3})[a-z0-9]{6}\.[a-z0-9]{16}(?![a-z0-9.])`],
  ['age-key', String.raw`AGE-SECRET-KEY-1[0-9A-Z]{40,}`],
  ['password-hash', String.raw`\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{50,53}|\$(?:1|5|6|y|apr1)\$[./A-Za-z0-9$=,]{1,64}\$[./A-Za-z0-9]{20,}`],
  // A private key that was base64-encoded once more (a Secret's data, a kubeconfig): "-----BEGIN", but no certificate and no public key.
  ['private-key', String.raw`LS0tLS1CRUdJTi(?!BDRVJU|BQVUJM|BYNTA5)[A-Za-z0-9+/]{8,}={0,2}`],
]

const ALL_TOKENS = new RegExp(TOKENS.map(([, pattern]) => `(${pattern})`).join('|'), 'g')

// Up to the next dashes, whatever they are: always a match once begun, so no text is scanned twice.
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----((?:[^-]|-(?!----)){0,32768})(-----END [A-Z0-9 ]{0,60}-----)?/g
const KEY_MATERIAL = /^(?:\s|\\[nrt]|[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Comment|Version):[^\n]{0,200})*/

const BASIC = /\b(basic[ \t]{1,3})([A-Za-z0-9+/]{6,}={0,2})/gi
const BEARER = /\b(bearer[ \t]{1,3})([A-Za-z0-9._~+/-]{16,}={0,3})/gi
/** The credential of an Authorization header, whatever its scheme; the scheme itself stays. */
const AUTHORIZATION =
  /(authorization\\{0,4}["']?[ \t]{0,3}[:=][ \t]{0,8}(?:\[(?!REDACTED:))?\\{0,4}["']?)((?:basic|bearer|token|digest|negotiate|apikey|api-key|aws4-hmac-sha256|splunk|genie|key|ntlm|hmac)[ \t]{1,3})?([^\s"'\\,\]}]{4,}[^\n"'\\\]}]*)/gi
const COOKIE = /(\b(?:set-)?cookie\\{0,4}["']?[ \t]{0,3}[:=][ \t]{0,8}\[?\\{0,4}["']?)([A-Za-z0-9_.$-]{1,128}=[^\n"'\\\]]+)/gi

const URL_PASSWORD = /:\/\/([^\s:/?#"'<>`]{0,256}):([^\s/?#"'<>`]{1,256})@/g
const URL_TOKEN = /:\/\/([A-Za-z0-9_-]{20,256})(?::x-oauth-basic|:)?@/g
/** Go's MySQL DSN: `user:password@tcp(host:3306)/db`. */
const MYSQL_DSN = /(?<=(?:^|[\s"'=(,])[\w.-]{1,64}:)[^\s@"']{1,128}(?=@(?:tcp|unix)\()/g
/** `curl -u user:password`; numbers are a container's uid:gid. */
const USER_FLAG = /(\s(?:-u|--user)[ =]["']?)([^\s:"'=]{1,128}):([^\s"']{1,256})/g

/**
 * The id of an AWS access key marks a line on which its secret may stand in any form: the whole line goes when it holds
 * something that could be one. The id alone says who, not how, and only the id goes.
 */
const AWS_KEY_ID = /(?<![A-Z0-9])(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g
const AWS_SECRET = /(?<![A-Za-z0-9/+])(?![0-9a-f]{40}(?![A-Za-z0-9/+]))[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/
/** Of a line that never ends (JSON in one line), this much on either side of the id. */
const AWS_LINE = 500

export function redactTokens(text: string): string {
  let out = text
  if (out.includes('PRIVATE KEY')) out = out.replace(PRIVATE_KEY, maskPrivateKey)
  out = redactAws(out)
  out = out.replace(ALL_TOKENS, maskToken)
  if (out.includes('@')) {
    out = out
      .replace(URL_PASSWORD, (_, user: string) => `://${user}:[REDACTED:url-password]@`)
      .replace(URL_TOKEN, (all: string, token: string) => (/[0-9]/.test(token) ? '://[REDACTED:url-token]@' : all))
      .replace(MYSQL_DSN, '[REDACTED:url-password]')
  }
  out = out.replace(AUTHORIZATION, (all: string, head: string, scheme: string | undefined, value: string) =>
    value.includes('[REDACTED:') ? all : `${head}${scheme ?? ''}[REDACTED:authorization]`,
  )
  out = out.replace(BEARER, (all: string, head: string, token: string) => (/[0-9]/.test(token) ? `${head}[REDACTED:bearer-token]` : all))
  out = out.replace(BASIC, (all: string, head: string, value: string) => (isBasicCredential(value) ? `${head}[REDACTED:basic-auth]` : all))
  out = out.replace(COOKIE, '$1[REDACTED:cookie]')
  return out.replace(USER_FLAG, (all: string, head: string, user: string, password: string) =>
    /^[0-9]+$/.test(user + password) || password.startsWith('[REDACTED:') ? all : `${head}${user}:[REDACTED:password]`,
  )
}

function maskToken(all: string, ...rest: unknown[]): string {
  const kind = TOKENS[TOKENS.findIndex((_, i) => rest[i] !== undefined)]?.[0]
  return kind === undefined ? all : `[REDACTED:${kind}]`
}

function maskPrivateKey(_all: string, body: string, end: string | undefined): string {
  if (end !== undefined) return '[REDACTED:private-key]'
  // Cut short: only what looks like a key goes, the lines after it stay.
  return `[REDACTED:private-key]${body.slice(KEY_MATERIAL.exec(body)?.[0].length ?? 0)}`
}

function redactAws(text: string): string {
  let out = ''
  let done = 0
  for (const match of text.matchAll(AWS_KEY_ID)) {
    if (match.index < done) continue
    const [start, end] = lineAround(text, match.index, done)
    const isWhole = AWS_SECRET.test(text.slice(start, end))
    out += isWhole ? `${text.slice(done, start)}[REDACTED:aws-key]` : `${text.slice(done, match.index)}[REDACTED:aws-key-id]`
    done = isWhole ? end : match.index + match[0].length
  }
  return out + text.slice(done)
}

function lineAround(text: string, at: number, from: number): [start: number, end: number] {
  const before = text.slice(Math.max(from, at - AWS_LINE), at)
  const after = text.slice(at, at + AWS_LINE)
  const escaped = before.lastIndexOf('\\n')
  const start = Math.max(before.lastIndexOf('\n') + 1, escaped === -1 ? 0 : escaped + 2)
  const ends = [after.indexOf('\n'), after.indexOf('\\n'), after.length].filter((end) => end >= 0)
  return [at - before.length + start, at + Math.min(...ends)]
}

function isBasicCredential(text: string): boolean {
  const decoded = Buffer.from(text, 'base64').toString('latin1')
  return /^[\x20-\x7e]+$/.test(decoded) && decoded.includes(':')
}
