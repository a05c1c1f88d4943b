import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { entry } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Place } from '../rule.ts'
import { isNamedIn } from './scheduler.ts'

/** Why a claim has no volume. */
export interface Why {
  says: string
  cause: Place
  directness: number
  open?: boolean
  tokens?: string[]
  blames?: ObjectRef[]
}

const driversOf = (snapshot: Snapshot, storageClass: KubeObject): KubeObject[] =>
  snapshot.workloads.filter((w) => isNamedIn(snapshot, w, storageClass['provisioner']))

/** A driver is asked for a volume and says nothing: it does not run, or there is none of that name. */
export function unanswered(snapshot: Snapshot, storageClass: KubeObject): Why {
  const provisioner = storageClass['provisioner']
  const drivers = driversOf(snapshot, storageClass)
  const says = `the provisioner ${provisioner} of class ${storageClass.metadata.name} does not answer`
  const cause = { object: refOf(storageClass), field: 'provisioner' }
  if (drivers.length === 0) return { says, cause, directness: 0.72 }
  return { says, cause, directness: 0.5, open: true, blames: drivers.slice(0, 5).map(refOf) }
}

/** What the driver says when it refuses: a parameter of the class, a size that nobody has, or that it does not reach its own storage. */
export function answered(snapshot: Snapshot, storageClass: KubeObject, size: Place, message: string): Why | null {
  const object = refOf(storageClass)
  const says = message.slice(0, 200)
  const quoted = [...message.matchAll(/["'`]([^"'`\s]{2,120})["'`]/g)].map((m) => m[1]!)
  const parameters = Object.entries<string>((storageClass['parameters'] as Record<string, string> | undefined) ?? {})
  const found =
    parameters.find(([, value]) => quoted.includes(value)) ??
    parameters.find(([key]) => quoted.includes(key)) ??
    parameters.find(
      ([key, value]) => value.length >= 4 && !/^(?:true|false)$/.test(value) && (message.includes(value) || message.includes(`${key} `)),
    )
  if (found) return { says, cause: { object, field: entry('parameters', found[0]) }, directness: 0.82, tokens: [found[1]] }
  if (/ResourceExhausted|OutOfRange|not? enough|insufficient|no space|exceeds?\b|too (?:large|big|small)|minimum|maximum/i.test(message))
    return { says, cause: size, directness: 0.76 }
  const drivers = driversOf(snapshot, storageClass)
  return drivers.length > 0 && /Unavailable|DeadlineExceeded|deadline exceeded|connection|timed? ?out|Aborted/i.test(message)
    ? { says, cause: { object, field: 'parameters' }, directness: 0.5, open: true, blames: drivers.slice(0, 5).map(refOf) }
    : null
}
