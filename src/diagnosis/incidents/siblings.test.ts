import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  configMap,
  crashing,
  deployment,
  edited,
  ended,
  event,
  node,
  object,
  pod,
  podSpec,
  running,
  service,
  unplaced,
  type PodState,
} from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const T = 'Deployment shop/web'
const APP = 'spec.template.spec.containers[name=app]'
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const files = (map: string, path: string) => ({
  app: { volumeMounts: [{ name: 'c', mountPath: path }] },
  pod: { volumes: [{ name: 'c', configMap: { name: map } }] },
})
const says = (text: string) => ({ annotations: { description: text } })
/** Runs and is ready, since `since`, after it had ended so often. */
const again = (since: string, more: Partial<PodState> = {}): PodState => ({
  ready: true,
  since: ago('5d'),
  state: { running: { startedAt: ago(since) } },
  last: ended(1, 'Error', { startedAt: ago('12m'), finishedAt: ago('11m') }),
  restarts: 8,
  ...more,
})
const stamp = (duration: string) => ago(duration)
const lines = (n: number, from: number, step: number, text: string) =>
  Array.from({ length: n }, (_, i) => `${stamp(`${from - i * step}s`)} ${text}`)

const daemon = (name: string, spec: any, states: [string, PodState][], rest: any = {}): any[] => [
  object('apps/v1', 'DaemonSet', name, {
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec } },
    status: { desiredNumberScheduled: states.length, numberReady: states.filter(([, s]) => s.ready).length },
    ...rest,
  }),
  ...states.map(([on, state], i) =>
    pod(
      `${name}-${i}`,
      spec,
      { ...state, node: on },
      {
        labels: { app: name },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: `uid-DaemonSet-${name}`, controller: true }],
      },
    ),
  ),
]
const cron = (name: string, app: any, spec: any = {}, metadata: any = {}) =>
  object('batch/v1', 'CronJob', name, {
    metadata,
    spec: { schedule: '0 2 * * *', ...spec, jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...podSpec(app) } } } } },
  })
const suspended = { suspend: true }

const over: Case[] = [
  [
    'a container that ended within seconds, and has run for minutes',
    [deployment('web', podSpec(), [again('6m', { previous: 'FATAL: could not connect to server: Connection refused' })]), node('n1')],
    T,
    says('Pod is crash looping.'),
    'healthy',
  ],
  [
    'a node came back, and found its containers gone',
    [
      deployment('web', podSpec(), [
        again('3m', { restarts: 1, last: ended(255, 'Unknown', { startedAt: ago('4d'), finishedAt: ago('4m') }) }),
      ]),
      node('n1'),
      event(node('n1'), 'NodeNotReady', 'Node n1 status is now: NodeNotReady', { firstTimestamp: ago('9m'), lastTimestamp: ago('9m') }),
      event(node('n1'), 'Rebooted', 'Node n1 has been rebooted, boot id: 1', { firstTimestamp: ago('4m'), lastTimestamp: ago('4m') }),
    ],
    'Node n1',
    says('Node is not ready.'),
    'healthy',
  ],
  [
    'errors that ended half an hour ago, without a word that they did',
    [
      deployment('web', podSpec(env(['REDIS_URL', 'redis://cache:6379'])), [
        {
          ...running,
          log: [
            ...lines(60, 2_900, 10, 'ERROR cache: dial tcp 10.96.0.9:6379: connect: connection refused'),
            ...lines(40, 2_000, 50, 'INFO GET /basket 200 12ms'),
          ].join('\n'),
        },
      ]),
      service('cache', { app: 'cache' }, [{ port: 6379 }]),
      deployment('cache', podSpec(), [running]),
    ],
    T,
    says('Too many errors.'),
    'healthy',
  ],
  [
    'errors of unknown words that ended half an hour ago',
    [
      deployment('web', podSpec(), [
        {
          ...running,
          log: [...lines(60, 2_900, 10, 'ERROR pricing: no rule for tenant 17'), ...lines(30, 2_000, 60, 'INFO GET /basket 200 12ms')].join(
            '\n',
          ),
        },
      ]),
    ],
    T,
    says('Too many errors.'),
    'healthy',
  ],
  [
    'an image that could not be pulled for a while',
    [
      deployment('web', podSpec(), [{ ...running, since: ago('25m') }]),
      event(pod('web-r1-0', podSpec()), 'Failed', 'Failed to pull image "registry.example/app:1.0": 503 Service Unavailable', {
        firstTimestamp: ago('40m'),
        lastTimestamp: ago('26m'),
      }),
    ],
    T,
    says('Deployment has not matched the expected number of replicas.'),
    'healthy',
  ],
]

const clients: Case[] = [
  [
    'another client was scaled up',
    [
      deployment('web', podSpec(env(['DATABASE_URL', 'postgres://db:5432/app'])), [
        { ...running, log: Array.from({ length: 9 }, () => 'FATAL: sorry, too many clients already').join('\n') },
      ]),
      ((list: any[]) => {
        Object.assign(list[0].metadata, edited({ 'f:spec': { 'f:replicas': {} } }, ago('30m')))
        return list
      })(deployment('report', podSpec(env(['DATABASE_URL', 'postgres://db:5432/app'])), [running, running, running, running])),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      deployment('db', podSpec(), [running]),
    ],
    T,
    says('Too many errors.'),
    /Deployment shop\/report: spec\.replicas/,
  ],
  [
    'another client got a larger pool',
    [
      deployment('web', podSpec(env(['REDIS_URL', 'redis://cache:6379'])), [
        { ...running, log: Array.from({ length: 9 }, () => 'ReplyError: ERR max number of clients reached').join('\n') },
      ]),
      deployment('feed', podSpec(env(['REDIS_URL', 'redis://cache:6379'], ['REDIS_POOL_SIZE', '500'])), [running], {
        before: podSpec(env(['REDIS_URL', 'redis://cache:6379'], ['REDIS_POOL_SIZE', '50'])),
        changed: ago('40m'),
      }),
      service('cache', { app: 'cache' }, [{ port: 6379 }]),
      deployment('cache', podSpec(), [running]),
    ],
    T,
    says('Too many errors.'),
    `Deployment shop/feed: ${APP}.env[name=REDIS_POOL_SIZE].value`,
  ],
]

const chores: Case[] = [
  [
    'the index is stale: its CronJob is suspended',
    [
      deployment('search', podSpec(), [running]),
      service('search', { app: 'search' }),
      cron('rebuild', env(['TARGET', 'http://search/bulk']), suspended),
    ],
    'Deployment shop/search',
    says('The newest document is 3d old.'),
    'CronJob shop/rebuild: spec.suspend',
  ],
  [
    'the one of two that does what is missed',
    [
      deployment('db', podSpec(), [running]),
      service('db', { app: 'db' }),
      cron('vacuum', env(['PGHOST', 'db']), suspended),
      cron('nightly', { ...env(['PGHOST', 'db']), command: ['pg-backup', '--all'] }, suspended),
    ],
    'Deployment shop/db',
    says('The last backup is older than a day.'),
    'CronJob shop/nightly: spec.suspend',
  ],
  [
    'an alert that misses nothing has nothing to do with a suspended CronJob',
    [
      deployment('db', podSpec(), [running]),
      service('db', { app: 'db' }),
      cron('nightly', { ...env(['PGHOST', 'db']), command: ['pg-backup', '--all'] }, suspended),
    ],
    'Deployment shop/db',
    says('The backup replica answers slowly.'),
    'healthy',
  ],
]

const prom = files('prom', '/etc/prometheus')
const config: Case[] = [
  [
    'a field that the new version does not know',
    [
      deployment('web', podSpec({ ...prom.app, args: ['--config.file=/etc/prometheus/prometheus.yml'] }, prom.pod), [
        crashing(
          2,
          'ts=2026-05-01T11:58:00Z level=error msg="Error loading config (--config.file=/etc/prometheus/prometheus.yml)" err="parsing YAML file /etc/prometheus/prometheus.yml: yaml: unmarshal errors:\\n  line 3: field honor_label not found in type config.plain"',
        ),
      ]),
      configMap('prom', { 'prometheus.yml': 'scrape_configs:\n  - honor_label: true', 'rules.yml': 'groups: []' }),
    ],
    T,
    null,
    'ConfigMap shop/prom: data[prometheus.yml]',
  ],
  [
    'HAProxy does not know a keyword',
    [
      deployment('web', podSpec({ volumeMounts: [{ name: 'c', mountPath: '/usr/local/etc/haproxy' }] }, prom.pod), [
        crashing(
          1,
          "[ALERT]    (1) : config : parsing [/usr/local/etc/haproxy/haproxy.cfg:12] : unknown keyword 'reqadd' in 'frontend' section\n[ALERT]    (1) : config : Fatal errors found in configuration.",
        ),
      ]),
      configMap('prom', { 'haproxy.cfg': 'frontend web\n  reqadd X-Proto', 'errors.http': 'x' }),
    ],
    T,
    null,
    'ConfigMap shop/prom: data[haproxy.cfg]',
  ],
  [
    'Elasticsearch does not know a setting',
    [
      deployment('web', podSpec({ volumeMounts: [{ name: 'c', mountPath: '/cfg' }] }, prom.pod), [
        crashing(
          1,
          'java.lang.IllegalArgumentException: unknown setting [xpack.ml.node_concurrent] please check that any required plugins are installed',
        ),
      ]),
      configMap('prom', { 'elasticsearch.yml': 'xpack.ml.node_concurrent: 2', 'log4j2.properties': 'status = error' }),
    ],
    T,
    null,
    'ConfigMap shop/prom: data[elasticsearch.yml]',
  ],
  [
    'Alloy does not know an attribute',
    [
      deployment(
        'web',
        podSpec({ volumeMounts: [{ name: 'c', mountPath: '/etc/alloy' }], args: ['run', '/etc/alloy/config.alloy'] }, prom.pod),
        [
          crashing(
            1,
            'Error: /etc/alloy/config.alloy:7:3: unrecognized attribute name "forward"\nError: could not perform the initial load successfully',
          ),
        ],
      ),
      configMap('prom', { 'config.alloy': 'forward = 1', other: 'x' }),
    ],
    T,
    null,
    'ConfigMap shop/prom: data[config.alloy]',
  ],
  [
    'mysqld does not know a variable of its file',
    [
      deployment('web', podSpec({ volumeMounts: [{ name: 'c', mountPath: '/etc/mysql/conf.d' }] }, prom.pod), [
        crashing(1, "[ERROR] [MY-000067] [Server] unknown variable 'query_cache_size=64M'.\n[ERROR] [MY-010119] [Server] Aborting"),
      ]),
      configMap('prom', { 'my.cnf': '[mysqld]\nquery_cache_size=64M' }),
    ],
    T,
    null,
    'ConfigMap shop/prom: data[my.cnf]',
  ],
  [
    'a configuration in a Secret',
    [
      deployment(
        'web',
        podSpec(
          { volumeMounts: [{ name: 'c', mountPath: '/etc/am' }], args: ['--config.file=/etc/am/alertmanager.yml'] },
          { volumes: [{ name: 'c', secret: { secretName: 'am' } }] },
        ),
        [crashing(1, 'level=ERROR msg="Loading configuration file failed" err="unsupported scheme for URL"')],
      ),
    ],
    T,
    null,
    'Secret shop/am: data[alertmanager.yml]',
  ],
  [
    'a setting of Spring that cannot be bound',
    [
      deployment('web', podSpec(env(['SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE', 'twenty'])), [
        crashing(
          1,
          '***************************\nAPPLICATION FAILED TO START\n***************************\n\nDescription:\n\nFailed to bind properties under \'spring.datasource.hikari.maximum-pool-size\' to int:\n\n    Value: "twenty"',
        ),
      ]),
    ],
    T,
    null,
    `Deployment shop/web: ${APP}.env[name=SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE].value`,
  ],
]

const killed = (log: string, code = 137): PodState => ({
  ...crashing(code, log),
})
const probed = (kind: string, probe: any, state: PodState, message: string): any[] => {
  const list = deployment('web', podSpec({ [`${kind}Probe`]: probe, ports: [{ containerPort: 8080 }] }), [state])
  const own = list.find((o) => o.kind === 'Pod')!
  return [
    ...list,
    event(own, 'Unhealthy', `${kind.replace(/^./, (c) => c.toUpperCase())} probe ${message}`, { container: 'app' }),
    event(own, 'Killing', `Container app failed ${kind} probe, will be restarted`, { container: 'app' }),
  ]
}
const http = { httpGet: { path: '/', port: 8080 }, failureThreshold: 3 }
const probes: Case[] = [
  [
    'a model that loads for longer than the start-up probe waits',
    [
      probed(
        'startup',
        http,
        killed('INFO Loading checkpoint shards:  62% 5/8'),
        'failed: Get "http://10.0.0.1:8080/": dial tcp 10.0.0.1:8080: connect: connection refused',
      ),
    ],
    T,
    null,
    `Deployment shop/web: ${APP}.startupProbe.failureThreshold`,
  ],
  [
    'a log that is replayed while the probe times out',
    [
      probed(
        'liveness',
        http,
        killed('level=info msg="Replaying WAL, this may take a while" segment=212'),
        'failed: Get "http://10.0.0.1:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      ),
    ],
    T,
    null,
    `Deployment shop/web: ${APP}.livenessProbe.initialDelaySeconds`,
  ],
  [
    'a command that fails while the schema is migrated',
    [
      probed(
        'liveness',
        { exec: { command: ['is-up'] } },
        killed('INFO Migrating schema to version 41: add index on orders', 143),
        'failed: not up yet',
      ),
    ],
    T,
    null,
    `Deployment shop/web: ${APP}.livenessProbe.initialDelaySeconds`,
  ],
]

const onHost = { hostNetwork: true }
const cniVolume = { volumes: [{ name: 'cni', hostPath: { path: '/etc/cni/net.d' } }] }
const noNetwork = [
  {
    type: 'Ready',
    status: 'False',
    reason: 'KubeletNotReady',
    message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady',
    lastTransitionTime: ago('20m'),
  },
]
const agents: Case[] = [
  [
    'an interface that the new node does not have',
    [
      daemon('net', podSpec({ args: ['--kube-subnet-mgr', '--iface=ens192'] }, { ...onHost, ...cniVolume }), [
        ['n1', running],
        [
          'n2',
          crashing(
            1,
            'E0501 11:58:00.1 1 main.go:294] Failed to find interface to use that matches the interfaces and/or regexes provided\nError: could not find interface ens192',
          ),
        ],
      ]),
      node('n1'),
      node('n2', { conditions: noNetwork }),
    ],
    'Node n2',
    says('Node is not ready.'),
    `DaemonSet shop/net: ${APP}.args[1]`,
  ],
  [
    'a range that does not hold the new node’s',
    [
      daemon(
        'net',
        podSpec(
          { volumeMounts: [{ name: 'c', mountPath: '/etc/net' }] },
          { ...onHost, volumes: [...cniVolume.volumes, { name: 'c', configMap: { name: 'net' } }] },
        ),
        [
          ['n1', running],
          [
            'n2',
            crashing(
              1,
              'Error registering network: failed to acquire lease: subnet "10.42.0.0/23" specified in the flannel net config doesn\'t contain "10.42.2.0/24" PodCIDR of the "n2" node',
            ),
          ],
        ],
      ),
      configMap('net', { 'net.json': '{"Network": "10.42.0.0/23"}', 'cni.json': '{"type": "flannel"}' }),
      node('n1'),
      node('n2', { conditions: noNetwork }),
    ],
    'Node n2',
    says('Node is not ready.'),
    'ConfigMap shop/net: data[net.json]',
  ],
]

const gpu = podSpec({ resources: { requests: { 'example.com/gpu': '1' } } }, { nodeSelector: { pool: 'gpu' } })
const plugin = (rest: any = {}) => podSpec({}, { volumes: [{ name: 'd', hostPath: { path: '/var/lib/kubelet/device-plugins' } }], ...rest })
const devices: Case[] = [
  [
    'a label of its own that the new GPU node has not',
    [
      deployment('web', gpu, [
        running,
        unplaced("0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 Insufficient example.com/gpu."),
      ]),
      daemon('plugin', plugin({ nodeSelector: { 'gpu.present': 'true' } }), [['n1', running]]),
      node('n1', { labels: { pool: 'gpu', 'gpu.present': 'true' }, allocatable: { 'example.com/gpu': '1' } }),
      node('n2', { labels: { pool: 'gpu' } }),
      node('n3'),
    ],
    T,
    null,
    'DaemonSet shop/plugin: spec.template.spec.nodeSelector[gpu.present]',
  ],
  [
    'a plug-in that ends on the new GPU node',
    [
      deployment('web', gpu, [
        running,
        unplaced("0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 Insufficient example.com/gpu."),
      ]),
      daemon('plugin', plugin(), [
        ['n1', running],
        ['n2', crashing(1, 'failed to initialize NVML: could not load NVML library: libnvidia-ml.so.1: cannot open shared object file')],
      ]),
      node('n1', { labels: { pool: 'gpu' }, allocatable: { 'example.com/gpu': '1' } }),
      node('n2', { labels: { pool: 'gpu' } }),
      node('n3'),
    ],
    T,
    null,
    /^DaemonSet shop\/plugin/,
  ],
]

describe.each([
  ['what is over', over],
  ['connections that another client takes', clients],
  ['what an alert misses', chores],
  ['a configuration that is refused', config],
  ['a probe that is impatient', probes],
  ['an agent on a new node', agents],
  ['devices that nobody brings', devices],
] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
