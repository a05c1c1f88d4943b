import type { Asked } from './asked.ts'
import { wordsOf } from './named-settings.ts'

/** Words of an alert that say what it measures. */
export function tellingWords({ labels, annotations, object, workloads }: Asked): Set<string> {
  const text = [
    labels['alertname'] ?? '',
    ...Object.entries(annotations).flatMap(([key, value]) => (/url|runbook|dashboard/i.test(key) ? [] : [value])),
  ]
  const names = [object, ...workloads].flatMap((o) => (o ? [o.metadata.name, o.metadata.namespace ?? ''] : []))
  const own = new Set(
    [...names, ...Object.entries(labels).flatMap(([key, value]) => (key === 'alertname' ? [] : [value]))].flatMap((n) =>
      wordsOf(n).split(' '),
    ),
  )
  const kin = KIN.flatMap(([topic, words]) => (text.some((t) => topic.test(t)) ? words : []))
  return new Set([
    ...kin.map(stem),
    ...text
      .flatMap((t) => wordsOf(t).split(' '))
      .filter((word) => word.length >= 4 && /^[a-z]+$/.test(word) && !own.has(word) && !COMMON.test(word))
      .map(stem),
  ])
}

/** What programs call the settings that bring about what an alert measures. */
const KIN: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /fill(?:s|ing)? up|FillingUp|(?:disk|volume|space).*(?:full|left|available|free|used)/i,
    ['retention', 'ttl', 'expire', 'cleanup', 'prune', 'rotation', 'keep', 'compaction', 'wal', 'snapshots'],
  ],
  [/memory/i, ['cache', 'heap', 'buffer']],
  [/connections|clients/i, ['pool']],
  [/\blag\b|backlog|queue/i, ['concurrency', 'workers', 'threads', 'prefetch', 'batch', 'poll', 'partitions', 'parallelism']],
  [/latency|slow|p9\d|duration/i, ['timeout', 'cache', 'workers', 'threads', 'pool', 'concurrency']],
]

/** So that a word is the same in its plural and as a verb. */
export const stem = (word: string): string => word.replace(/(?:ions?|ies|s|ed|ing)$/, '')

/** Words of every alert, and those that settings share whatever they set. */
const COMMON =
  /^(?:alerts?|alerting|nodes?|pods?|high|number|used|using|usage|uses|entries|getting|close|limits?|containers?|deployments?|services?|namespaces?|clusters?|servers?|hosts?|percent|more|than|less|minutes?|hours?|seconds?|days?|last|past|been|with|from|that|this|have|above|below|over|under|critical|warning|errors?|rate|ratio|fail(?:s|ed|ing|ures?)?|requests?|responses?|answers?|answered|status|ready|running|available|unavailable|kube|kubernetes|prometheus|value|firing|threshold|production|since|longer|many|most|near|full|down|time|times|name|replicas?|rollout|instances?|target|jobs?|level|default|data|metrics?|monitoring|example|current|currently|there|their|which|while|when|does|none|only|still|some|take|takes|need|needs|image|port|path|type|kind|spec|config|template|user|users|http|https|apps?|application|system|health|healthy|unhealthy|state|start|started|starts|restart|restarts|restarting|crash|looping|stuck|slow|slower|large|small|increase|increased|decrease|rising|growing|expected|actual|desired|count|total|average|percentile|budget|burn|burning|serve|served|serving|work|works|working|reach|reached|version)$/
