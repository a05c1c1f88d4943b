/** Why a pull failed, in the words of container runtimes (containerd, CRI-O, the Docker shim) and registries. */
export type Why = 'name' | 'missing' | 'denied' | 'limited' | 'untrusted' | 'unreachable' | 'never' | 'unknown'

const WORDS: [Why, RegExp][] = [
  ['name', /couldn't parse image|invalid reference format|InvalidImageName/i],
  ['never', /ErrImageNeverPull|pull policy of Never/i],
  ['limited', /toomanyrequests|(?:status|code)[^\d]{0,12}429|429 Too Many/i],
  ['untrusted', /x509|tls: failed to verify|HTTP response to HTTPS client|first record does not look like a TLS/i],
  [
    'unreachable',
    /no such host|i\/o timeout|connection refused|network is unreachable|no route to host|TLS handshake|deadline exceeded|connection reset|server misbehaving|(?:status|code)[^\d]{0,12}50\d|: 50[0-4] (?:Service|Bad|Gateway|Internal)/i,
  ],
  ['missing', /not found|manifest unknown|name unknown|does not exist(?! or may require)|no matching manifest/i],
  [
    'denied',
    /unauthorized|authentication required|pull access denied|403 forbidden|no basic auth credentials|insufficient_scope|denied:|denied/i,
  ],
]

export const why = (text: string): Why => WORDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unknown'

/** A registry that checked credentials and refused them, rather than one that hides what it has. */
export const isRefusedLogin = (text: string): boolean =>
  /\b40[13]\b|unauthorized|authentication required|bad credentials|token (?:has )?expired/i.test(text) &&
  !/insufficient_scope|pull access denied/i.test(text)

export const SAY: Record<Why, (image: string) => string> = {
  name: (image) => `"${image}" is not a valid image name`,
  missing: (image) => `the registry has no image ${image}`,
  denied: (image) => `the registry refuses ${image}: it is private (credentials missing or wrong) or does not exist`,
  limited: (image) => `the registry gives ${image} to nobody who asks as often: its rate limit is reached`,
  untrusted: (image) => `the node does not trust the certificate of the registry of ${image}, or one of the two does not speak TLS`,
  unreachable: (image) => `the registry of ${image} cannot be reached`,
  never: (image) => `${image} is not on the node and imagePullPolicy is Never`,
  unknown: (image) => `pulling ${image} fails`,
}

const exists = (image: string): [string, string] => [
  `Use an image that exists in place of ${image}`,
  'The container cannot start without it.',
]

/** What to do, and why; of a refused login the rule itself says more. */
export const MEND: Record<Why, (image: string) => [action: string, why: string]> = {
  name: exists,
  missing: exists,
  denied: exists,
  unknown: exists,
  limited: (image) => [`Pull ${image} with credentials, or from a mirror`, 'Registries count pulls that come without a login by address.'],
  untrusted: () => [
    'Give the container runtime of the nodes the CA of the registry, or use the registry that they trust',
    'TLS to the registry fails.',
  ],
  unreachable: () => [
    'Check the name of the registry, and that the nodes reach it (DNS, proxy, firewall)',
    'The pull failed before the registry could answer for the image.',
  ],
  never: (image) => [
    `Set imagePullPolicy to IfNotPresent, or bring ${image} to the node`,
    'With Never the kubelet does not ask the registry.',
  ],
}
