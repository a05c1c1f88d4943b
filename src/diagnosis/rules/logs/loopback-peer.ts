import { refOf } from '#cluster'
import { containerField, podSpecOf } from '../../snapshot/field-path.ts'
import { placeOf, type LogContext, type Told } from './log-rule.ts'

const LOOPBACK = /(?:\b127\.0\.0\.1|\blocalhost|\[::1\]):(\d{2,5})\b/

/**
 * A call to its own pod: to a container beside it. That one speaks for itself while it is in trouble; else the port is one that no container
 * of the pod has, and where it is set is where to look.
 */
export function besideIt({ group, hit, settings }: LogContext): Told | null {
  const port = LOOPBACK.exec(hit.line)?.[1]
  const containers: any[] = [...(podSpecOf(group.workload)?.containers ?? []), ...(podSpecOf(group.workload)?.initContainers ?? [])]
  if (port === undefined) return null
  const declared = containers.flatMap((c) =>
    (c.ports ?? []).map((p: any) => ({ port: String(p.containerPort), container: String(c.name) })),
  )
  const own = declared.find((d) => d.port === port)
  if (own && own.container !== group.container)
    return { says: `it cannot reach container ${own.container} of its own pod on port ${port}`, directness: 0.3, open: true }
  const setting = settings.find((s) => new RegExp(`(?:127\\.0\\.0\\.1|localhost|\\[::1\\]):${port}(?!\\d)`).test(s.value))
  if (own || !setting) return null
  const others = declared.filter((d) => d.container !== group.container).map((d) => `${d.container} has ${d.port}`)
  return {
    says: `it calls port ${port} of its own pod, which no container declares${others.length > 0 ? ` (${others.join(', ')})` : ''}`,
    cause: placeOf(setting),
    directness: others.length > 0 ? 0.84 : 0.66,
    open: others.length === 0,
    alternatives:
      others.length === 1
        ? [
            {
              object: refOf(group.workload),
              field: containerField(group.workload, declared.find((d) => d.container !== group.container)!.container, 'ports'),
              summary: 'The container beside it has another port',
            },
          ]
        : [],
  }
}
