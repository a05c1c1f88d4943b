import { refOf, type KubeObject } from '#cluster'
import { leavesOf } from '../../snapshot/leaves.ts'
import { namedSettings } from '../../snapshot/named-settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { allSettings } from '../run/limit-setting.ts'
import type { Place } from '../rule.ts'

/** How operators call the namespaces that they watch, and names of theirs that mean another one. */
const WATCHED = /(?:^| )(?:watch(?:ed|ing)?|target|kube|k8s)? ?namespaces?(?: to watch)?$/
const ELSE =
  /(?:^| )(?:pod|my|own|operator|system|release|leader|leader election|install|installation|secret|controller|config|default|service|current|self)s? namespace$/
const CLASS = /(?:^| )class(?: name)?$/

/** Why an operator that runs takes no note of a custom resource: it watches other namespaces, or serves another class. */
export function unwatched(snapshot: Snapshot, custom: KubeObject, controllers: readonly KubeObject[]): (Place & { says: string }) | null {
  const { namespace } = custom.metadata
  for (const controller of controllers)
    for (const { setting, words, value } of namedSettings(allSettings(snapshot, controller))) {
      const place = { object: setting.object, field: setting.field }
      const parts = value.split(/[\s,;]+/).filter((part) => part !== '')
      if (
        namespace !== undefined &&
        WATCHED.test(words) &&
        !ELSE.test(words) &&
        parts.length > 0 &&
        parts.every((part) => /^[a-z0-9][-a-z0-9]*$/.test(part)) &&
        !parts.includes(namespace) &&
        (parts.length > 1 || parts[0] !== controller.metadata.namespace)
      )
        return { ...place, says: `${controller.kind} ${controller.metadata.name} watches ${parts.join(', ')} only` }
      const own = CLASS.test(words) && /^[\w.-]+$/.test(value) ? classOf(custom) : undefined
      if (own && own.value !== value)
        return {
          object: refOf(custom),
          field: own.field,
          says: `${controller.kind} ${controller.metadata.name} serves the class ${value}, and this is of class ${own.value}`,
        }
    }
  return null
}

const classOf = ({ spec, metadata }: KubeObject): { field: string; value: string } | undefined =>
  leavesOf({ spec: spec ?? {}, metadata: { annotations: metadata.annotations ?? {}, labels: metadata.labels ?? {} } }, '').find(
    (l) => /(?:^|[a-z./-])class(?:Name)?$/i.test(l.key) && !/storage|priority|runtime|ingressClass/i.test(l.field),
  )
