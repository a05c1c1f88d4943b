import type { KubeObject } from '#cluster'
import { containerSpec, entry, podSpecOf } from '../../snapshot/field-path.ts'
import { logRule, placeOf } from './log-rule.ts'
import type { Place } from '../rule.ts'

const LICENCE = /licen[cs]e/i

export const licenceInvalid = logRule(
  'licence-invalid',
  {
    title: 'A licence has run out or is not accepted',
    means: 'The program checks a licence and refuses to work, or a part of its work, with the one that it has.',
    mend: 'Put the new licence where the program takes it from, and restart it if it reads it only at its start.',
  },
  ({ hit, group, settings, settingSaid }) => {
    const says = hit.line.trim().slice(0, 200)
    const named = settings.find((s) => LICENCE.test(`${s.name} ${s.field}`) || (s.origin === 'argument' && LICENCE.test(s.value)))
    const secret = secretOf(group.workload, group.container, hit.groups['path'])
    if (secret) return { says, cause: secret, directness: 0.82, tokens: [] }
    if (named) return { says, cause: placeOf(named), directness: 0.82, tokens: [] }
    const said = settingSaid(hit.line)
    return said ? { says, cause: placeOf(said), directness: 0.6 } : { says, directness: 0.45, open: true }
  },
)

/** The Secret, and the key of it, that a variable or a volume for a licence is made of. */
function secretOf(workload: KubeObject, container: string, path: string | undefined): Place | null {
  const spec = containerSpec(workload, container)?.spec ?? {}
  const namespace = workload.metadata.namespace ?? null
  const place = (name: string, key: string | undefined): Place => ({
    object: { apiVersion: 'v1', kind: 'Secret', namespace, name },
    field: key ? entry('data', key) : 'data',
  })
  for (const { name, valueFrom } of spec.env ?? []) {
    const ref = valueFrom?.secretKeyRef
    if (ref && LICENCE.test(`${name} ${ref.name} ${ref.key}`)) return place(ref.name, ref.key)
  }
  for (const mount of spec.volumeMounts ?? []) {
    const secret = (podSpecOf(workload)?.volumes ?? []).find((v: any) => v.name === mount.name)?.secret
    if (
      !secret?.secretName ||
      !(LICENCE.test(`${secret.secretName} ${mount.name} ${mount.mountPath}`) || path?.startsWith(mount.mountPath))
    )
      continue
    const file = path?.startsWith(mount.mountPath) ? path.slice(path.lastIndexOf('/') + 1) : undefined
    return place(secret.secretName, mount.subPath ?? secret.items?.[0]?.key ?? file)
  }
  return null
}
