import { flags, type FlagSpec } from './flags.ts'

/** A command of kubectl that a call may name. Its flags are the allow-list: one that is not here is refused. */
export interface Command {
  path: string
  effect: 'read' | 'write'
  flags: readonly FlagSpec[]
  /** How many arguments at most; most take any number. */
  maxArgs: number
}

const read = (path: string, flags: FlagSpec[], maxArgs = 50): Command => ({ path, effect: 'read', flags, maxArgs })
const write = (path: string, own: FlagSpec[]): Command => ({
  path,
  effect: 'write',
  flags: [...own, ...flags('--dry-run[=unchanged]', '-o, --output=')],
  maxArgs: 50,
})

const SELECTED = flags('-l, --selector=', '-A, --all-namespaces')
const WATCH = flags('-w, --watch')
const LABELLING = flags('-l, --selector=', '--all', '--overwrite', '--field-selector=', '--resource-version=')
const REPLICAS = flags('-l, --selector=', '--all', '--replicas=', '--current-replicas=', '--resource-version=', '--timeout=')

const LIST: readonly Command[] = [
  read('get', [
    ...SELECTED,
    ...WATCH,
    ...flags('--field-selector=', '-o, --output=', '-L, --label-columns=', '--show-labels', '--show-kind', '--no-headers', '--sort-by='),
    ...flags('--ignore-not-found', '--allow-missing-template-keys'),
  ]),
  read('describe', [...SELECTED, ...flags('--show-events')]),
  read('logs', [
    ...flags('-c, --container=', '--all-containers', '--all-pods', '-p, --previous', '-l, --selector=', '--since=', '--since-time='),
    ...flags('--tail=', '--limit-bytes=', '--timestamps', '--prefix', '--ignore-errors', '--max-log-requests=', '-f, --follow'),
  ]),
  read('events', [...flags('-A, --all-namespaces', '--for=', '--types=', '--no-headers', '-o, --output='), ...WATCH], 0),
  read('top pod', [...SELECTED, ...flags('--containers', '--no-headers', '--sort-by=', '--sum', '--field-selector=')]),
  read('top node', flags('-l, --selector=', '--no-headers', '--show-capacity', '--sort-by=')),
  read('explain', flags('--api-version=', '--recursive'), 1),
  read(
    'api-resources',
    flags('--api-group=', '--categories=', '--namespaced', '--no-headers', '-o, --output=', '--sort-by=', '--verbs='),
    0,
  ),
  read('api-versions', [], 0),
  read('version', flags('--client', '-o, --output='), 0),
  read('cluster-info', [], 0),
  read('auth can-i', flags('-A, --all-namespaces', '--list', '--no-headers', '-q, --quiet', '--subresource='), 3),
  read('auth whoami', [], 0),
  read('rollout status', [...flags('-l, --selector=', '--revision=', '--timeout='), ...WATCH]),
  read('rollout history', flags('-l, --selector=', '--revision=')),

  write('create job', flags('--from=')),
  write('create namespace', []),
  write('delete', [
    ...flags(
      '-l, --selector=',
      '--all',
      '-A, --all-namespaces',
      '--field-selector=',
      '--cascade[=background]',
      '--grace-period=',
      '--force',
    ),
    ...flags('--now', '--ignore-not-found', '--timeout=', '--wait'),
  ]),
  write('patch', flags('-p, --patch=', '--type=', '--subresource=')),
  write('scale', REPLICAS),
  write('autoscale', flags('--min=', '--max=', '--cpu-percent=', '--name=')),
  write(
    'expose',
    flags('--name=', '--port=', '--target-port=', '--protocol=', '--type=', '--selector=', '-l, --labels=', '--session-affinity='),
  ),
  write('set image', flags('-l, --selector=', '--all')),
  write('set env', flags('-l, --selector=', '--all', '-c, --containers=', '-e, --env=', '--overwrite')),
  write('set resources', flags('-l, --selector=', '--all', '-c, --containers=', '--limits=', '--requests=')),
  write('set selector', flags('--all', '--resource-version=')),
  write('set serviceaccount', flags('--all')),
  write('rollout undo', flags('-l, --selector=', '--to-revision=')),
  { ...write('rollout restart', []), flags: flags('-l, --selector=', '-o, --output=') },
  { ...write('rollout pause', []), flags: flags('-l, --selector=', '-o, --output=') },
  { ...write('rollout resume', []), flags: flags('-l, --selector=', '-o, --output=') },
  write('annotate', [...LABELLING, ...flags('-A, --all-namespaces')]),
  write('label', [...LABELLING, ...flags('-A, --all-namespaces')]),
  write('taint', flags('-l, --selector=', '--all', '--overwrite')),
  { ...write('cordon', []), flags: flags('-l, --selector=', '--dry-run[=unchanged]') },
  { ...write('uncordon', []), flags: flags('-l, --selector=', '--dry-run[=unchanged]') },
  {
    ...write('drain', []),
    flags: [
      ...flags('-l, --selector=', '--pod-selector=', '--ignore-daemonsets', '--delete-emptydir-data', '--disable-eviction', '--force'),
      ...flags('--grace-period=', '--timeout=', '--dry-run[=unchanged]'),
    ],
  },
  { ...write('certificate approve', []), flags: flags('-o, --output=') },
  { ...write('certificate deny', []), flags: flags('-o, --output=') },
]

/** By path, `rollout status`. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(LIST.map((command) => [command.path, command]))

/** Other names that kubectl itself knows. */
export const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'top pods': 'top pod',
    'top po': 'top pod',
    'top nodes': 'top node',
    'top no': 'top node',
    'create ns': 'create namespace',
    'set sa': 'set serviceaccount',
  }),
)

const INTO_CONTAINERS = 'nothing is run in, copied from or attached to containers; read logs, events and the objects instead'
const OPENS_DOORS = 'it opens a network path to the API server or a pod; read with get, describe, logs, events and top'
const OWN_SETTINGS = 'it is about kubectl’s own settings and credentials, not about the cluster'
const WANTS_MANIFEST = 'there is no file to read here; put the manifest, or a kubectl patch or set, into recommendations'
const MAKES_SECRETS = 'credentials are never made or shown here; say in recommendations what a person should create'

/** Commands that are refused even with an approval, each with what to do instead. */
export const REFUSED_COMMANDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    exec: INTO_CONTAINERS,
    cp: INTO_CONTAINERS,
    attach: INTO_CONTAINERS,
    debug: INTO_CONTAINERS,
    run: 'no pod is started here; read logs, events and the objects instead',
    proxy: OPENS_DOORS,
    'port-forward': OPENS_DOORS,
    config: OWN_SETTINGS,
    options: OWN_SETTINGS,
    completion: OWN_SETTINGS,
    plugin: OWN_SETTINGS,
    kuberc: OWN_SETTINGS,
    alpha: 'alpha commands are not offered',
    help: 'commands are listed in this tool’s description; kubectl explain TYPE.FIELD documents resources',
    edit: 'it wants an editor; propose a kubectl patch in recommendations',
    apply: WANTS_MANIFEST,
    replace: WANTS_MANIFEST,
    diff: 'it runs a program of its own and reads files; compare with get -o yaml and rollout history --revision=N',
    kustomize: 'it reads files and fetches from the network',
    wait: 'a call must end by itself; read the state with get, and again later if you need to',
    'cluster-info dump': 'it prints everything at once; ask for what you need with get, logs and events',
    'auth reconcile': 'it changes roles; propose it in recommendations',
    'create token': MAKES_SECRETS,
    'create secret': MAKES_SECRETS,
  }),
)

/** Words that are not a command by themselves, with what may follow: `rollout` → status, history, … */
export const subcommands = (word: string): string[] =>
  [...COMMANDS.keys(), ...ALIASES.keys(), ...REFUSED_COMMANDS.keys()]
    .filter((path) => path.startsWith(`${word} `))
    .map((path) => path.slice(word.length + 1))
