/** How pflag reads one flag. */
export interface FlagSpec {
  name: string
  short: string | null
  /** `value`: needs one (`--x v`, `--x=v`). Anything else is what a bare `--x` means (pflag's NoOptDefVal), so that `--x v` leaves `v` an argument. */
  bare: string | null
}

/**
 * Flags in the notation of kubectl's own help: `-n, --namespace=` takes a value, `-A, --all-namespaces` is a boolean, `--dry-run[=unchanged]`
 * may stand bare and then means `unchanged`.
 */
export function flags(...notation: string[]): FlagSpec[] {
  return notation.map((text) => {
    const match = /^(?:-(\w), )?--([a-z-]+)(?:(=)|\[=(\w+)\])?$/.exec(text)
    if (match === null) throw new Error(`not a flag: ${text}`)
    return { short: match[1] ?? null, name: match[2]!, bare: match[3] ? null : (match[4] ?? 'true') }
  })
}

/** Those of every command that a call may use. */
export const GLOBAL_FLAGS = flags('-n, --namespace=', '--request-timeout=')

const CREDENTIALS = 'whose eyes and hands are used is not yours to choose; leave it out'
const FILES = 'there are no files, URLs or standard input here; name the objects themselves'
const WATCHING = 'a call must end by itself; look once, and again later if you need to'
const NOISE = 'it changes how kubectl itself runs; leave it out'
const TEMPLATES = 'Go templates are not offered; use -o jsonpath= or -o custom-columns='

/** Flags that exist and are refused for a reason worth telling. Every other flag that is not in a command's list is refused as well. */
export const REFUSED_FLAGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...each(
      CREDENTIALS,
      'as, as-group, as-uid, as-user-extra, certificate-authority, client-certificate, client-key, cluster, context, insecure-skip-tls-verify, insecure-skip-tls-verify-backend, kubeconfig, kuberc, password, server, tls-server-name, token, user, username',
    ),
    ...each(FILES, 'filename, kustomize, recursive, patch-file, from-file, from-env-file'),
    ...each(WATCHING, 'watch, watch-only, output-watch-events, follow'),
    ...each(
      NOISE,
      'cache-dir, v, vmodule, log-flush-frequency, log-file, logtostderr, alsologtostderr, profile, profile-output, match-server-version',
    ),
    ...each(NOISE, 'warnings-as-errors, disable-compression, use-protocol-buffers, server-print, chunk-size'),
    template: TEMPLATES,
    raw: 'raw requests are not offered; name a resource type',
    'show-managed-fields': 'managed fields are noise here; leave it out',
    help: 'kubectl explain TYPE.FIELD documents resources; commands are listed in this tool’s description',
  }),
)

/** Short forms of the refused, where a command does not use the letter for something allowed (`logs -f` has its own rule). */
export const REFUSED_SHORTS: ReadonlyMap<string, string> = new Map([
  ['s', 'server'],
  ['v', 'v'],
  ['f', 'filename'],
  ['w', 'watch'],
  ['k', 'kustomize'],
  ['R', 'recursive'],
  ['h', 'help'],
])

function each(reason: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(', ').map((name) => [name, reason]))
}
