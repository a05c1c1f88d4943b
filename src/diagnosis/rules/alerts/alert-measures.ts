import { refOf, type KubeObject } from '#cluster'
import type { Asked } from '../../snapshot/asked.ts'
import { time } from '../../snapshot/events.ts'
import { quantity } from '../../snapshot/quantity.ts'
import { inspect } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

export const alertMeasures: Rule = {
  id: 'alert-measures',
  title: 'The alert itself measures the trouble',
  means:
    'A volume that fills up, or the clock, disk or network of a machine: no object of the API shows it, and the exporter that the alert comes from has measured it.',
  looksAt:
    'Alerts about a claim that fills up, and about hardware, clock and network of a node. It counts only when no other rule finds anything.',
  mend: 'Grow the claim, or look at the machine.',
  look: ({ asked }) => (asked?.object ? [...filling(asked, asked.object), ...machine(asked, asked.object)] : []),
}

const textOf = ({ labels, annotations }: Asked): string => [labels['alertname'] ?? '', ...Object.values(annotations)].join(' ')

const FILLS =
  /fill(?:s|ing|ed)?[ -]?(?:up)?\b|almost full|out of (?:disk )?space|space left|inodes|% (?:is )?(?:available|free|used|full)|FillingUp|disk usage/i

function filling(asked: Asked, claim: KubeObject): Seen[] {
  if (claim.kind !== 'PersistentVolumeClaim' || !FILLS.test(textOf(asked)) || isGrownSince(asked, claim)) return []
  return [
    told(
      asked,
      claim,
      'spec.resources.requests.storage',
      `Claim ${claim.metadata.namespace}/${claim.metadata.name} fills up, as the alert measured`,
      0.5,
    ),
  ]
}

/** What the alert measured was a smaller volume: the claim has since got all the room that it asks for. */
function isGrownSince({ startsAt }: Asked, { metadata, spec, status }: KubeObject): boolean {
  const wanted = quantity(spec?.resources?.requests?.storage)
  const got = quantity(status?.capacity?.storage)
  if (startsAt === null || wanted === null || got === null || got < wanted) return false
  const writes: any[] = Array.isArray(metadata.managedFields) ? metadata.managedFields : []
  return writes.some((w) => {
    const at = time(w?.time)
    return at !== null && at > startsAt && w.fieldsV1?.['f:spec']?.['f:resources']?.['f:requests']?.['f:storage']
  })
}

/** What is the machine's own. */
const OF_MACHINE =
  /\bRAID|clock|\bNTP\b|time (?:drift|sync)|network interface|receive err|transmit err|packet loss|bonding|\bNIC\b|disk (?:io|i\/o|errors)|smart(?:ctl|mon)|\bECC\b|EDAC|temperature|thermal|hardware|kernel|conntrack|file descriptors|systemd|read-?only (?:file ?system|mode)|oom.?kill|entropy|PLEG|fan\b|power supply/i

function machine(asked: Asked, node: KubeObject): Seen[] {
  const text = textOf(asked).replace(/([a-z])([A-Z])/g, '$1 $2')
  return node.kind === 'Node' && OF_MACHINE.test(text)
    ? [
        told(
          asked,
          node,
          null,
          `Node ${node.metadata.name}: ${Object.values(asked.annotations)[0] ?? asked.labels['alertname'] ?? ''}`.slice(0, 300),
          0.4,
        ),
      ]
    : []
}

const told = (asked: Asked, object: KubeObject, field: string | null, summary: string, directness: number): Seen => ({
  on: refOf(object),
  failure: object.kind === 'Node' ? 'node' : 'volume',
  severity: 'warning',
  summary,
  evidence: [
    { source: 'metric', ref: `alert/${asked.labels['alertname'] ?? ''}`, text: Object.values(asked.annotations).join(' ').slice(0, 300) },
  ],
  cause: { object: refOf(object), field },
  since: asked.startsAt,
  directness,
  tentative: true,
  isLast: true,
  recommendations: [
    inspect(
      'Look at it',
      'No object of the API shows what the alert measured.',
      `kubectl describe ${object.kind.toLowerCase()} ${object.metadata.name}${object.metadata.namespace ? ` -n ${object.metadata.namespace}` : ''}`,
    ),
  ],
})
