import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import type { Asked } from '../../snapshot/asked.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { listenerAt, onLoopback } from '../run/listens-elsewhere.ts'
import type { Draft, Rule, Seen } from '../rule.ts'

export const targetLoopback: Rule = {
  id: 'target-loopback',
  title: 'Prometheus cannot scrape a program that serves its metrics on the loopback address',
  means:
    'An alert says that a target is down or has disappeared, and the program is well: it is told to serve its metrics to its own machine only, as hardening guides and the defaults of some control planes have it.',
  looksAt:
    'Alerts about targets and absent metrics; the Services that carry the name of the job; the addresses that the programs behind them are told to listen on.',
  mend: 'Have it serve its metrics on an address that Prometheus reaches, or silence the alert if that is not wanted.',
  look: (snapshot) => {
    const { asked } = snapshot
    return asked && isOfTarget(asked) ? scraped(snapshot, asked).flatMap((service) => judge(snapshot, asked, service)) : []
  },
}

const textOf = ({ labels, annotations }: Asked): string => [labels['alertname'] ?? '', ...Object.values(annotations)].join('\n')

const isOfTarget = (asked: Asked): boolean =>
  /target.{0,40}(?:down|disappear|discovery|unreachable|missing|absent)|(?:down|disappear\w*|absent|missing|unreachable).{0,40}target|TargetDown|scrap(?:e|ing)/is.test(
    textOf(asked),
  )

/** Services of what is asked about, and those that are called like the job or that a label gives to it. */
function scraped(snapshot: Snapshot, { labels, object, workloads }: Asked): KubeObject[] {
  const { job = '' } = labels
  if (object?.kind === 'Service') return [object]
  return snapshot.all('Service').filter((service) => {
    const own = service.metadata
    if (job !== '' && (own.name === job || Object.values(own.labels ?? {}).includes(job))) return true
    return snapshot.podsSelected(own.namespace ?? '', service.spec?.selector).some((pod) => workloads.includes(snapshot.workloadOf(pod)))
  })
}

function judge(snapshot: Snapshot, asked: Asked, service: KubeObject): Seen[] {
  const said: Draft = {
    source: 'metric',
    ref: `alert/${asked.labels['alertname'] ?? ''}`,
    text: Object.values(asked.annotations).join(' ').slice(0, 300),
  }
  const ports: any[] = service.spec?.ports ?? []
  const metrics = ports.filter((p) => /metric/i.test(p.name ?? ''))
  for (const { port } of metrics.length > 0 ? metrics : ports) {
    const at = listenerAt(snapshot, service, port)
    const found = at && onLoopback(snapshot, at, said)
    if (found)
      return [
        {
          ...found,
          on: refOf(at.workload),
          severity: 'warning',
          summary: `${found.summary}; ${objectText(refOf(service))} has Prometheus ask it there`,
        },
      ]
  }
  return []
}
