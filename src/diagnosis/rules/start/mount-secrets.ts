import { refOf, type KubeObject } from '#cluster'
import { entry, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Place } from '../rule.ts'

/** What a message about a volume of a CSI driver leads to. */
export interface Led {
  says: string
  cause: Place
  directness: number
  mend: string
}

/**
 * A CSI volume may be told what to mount by a custom resource that its attributes name (`secretProviderClass: vault`). What the driver
 * complains of stands there: the store, the role, the list of objects; or, when the store refuses who asks, in the pod's ServiceAccount.
 */
export function csiObject(snapshot: Snapshot, workload: KubeObject, volume: any, message: string): Led | null {
  const attributes = Object.entries<unknown>(volume?.csi?.volumeAttributes ?? {})
  const namespace = workload.metadata.namespace ?? null
  for (const [key, name] of attributes) {
    const kind = key.slice(key.lastIndexOf('/') + 1).toLowerCase()
    const named = snapshot.customs.find(
      (o) => o.metadata.name === name && o.kind.toLowerCase() === kind && (o.metadata.namespace ?? null) === namespace,
    )
    const own: Place = {
      object: refOf(workload),
      field: podField(workload, `volumes[name=${volume.name}]${entry('.csi.volumeAttributes', key)}`),
    }
    if (named) return inside(snapshot, workload, named, message)
    if (typeof name === 'string' && holdsWord(message, name) && MISSING.test(message))
      return {
        says: `its volume wants the ${key} ${name}, which does not exist`,
        cause: own,
        directness: 0.9,
        mend: `Correct ${own.field}`,
      }
  }
  return null
}

const MISSING = /not found|does not exist|no such|couldn't find|can't find|404/i
const DENIED =
  /\b40[13]\b|denied|forbidden|not authori[sz]ed|unauthori[sz]ed|permission|AADSTS\d+|invalid_client|invalid role|role .{0,60}(?:not found|could not be found|invalid)|AssumeRole/i
/** Parameters by which a store is told who asks. */
const IDENTITY = /role|client ?id|identity|account|auth|tenant/i
/** Annotations of a ServiceAccount that say which identity of a cloud it has, as the clouds document them. */
const CLOUD_IDENTITY = /^(?:eks\.amazonaws\.com\/role-arn|azure\.workload\.identity\/client-id|iam\.gke\.io\/gcp-service-account)$/
const UNREACHED = /no such host|connection refused|i\/o timeout|deadline exceeded|no route|x509|tls:/i

function inside(snapshot: Snapshot, workload: KubeObject, object: KubeObject, message: string): Led {
  const leaves = leavesOf(object.spec ?? {}, 'spec')
  const own = new Set([object.metadata.name, object.metadata.namespace ?? '', workload.metadata.name])
  const words = [...new Set(message.match(/[\w./-]{4,}/g) ?? [])].flatMap((w) => [w, ...w.split('/')]).filter((w) => w.length >= 4)
  const quoted = [...message.matchAll(/["'`]([\w.-]{3})["'`]/g)].map((m) => m[1]!)
  const telling = [...words, ...quoted].filter((w) => !own.has(w) && !PLAIN.test(w))
  const isDenied = DENIED.test(message) && !/SecretNotFound|ResourceNotFound/.test(message)
  const worth = ({ field, value }: { field: string; value: string }): number => {
    const longest = Math.max(0, ...telling.filter((w) => holdsWord(value, w)).map((w) => w.length))
    if (longest === 0) return 0
    const fits = isDenied ? IDENTITY.test(field) : UNREACHED.test(message) ? /addr|url|host|vault|endpoint/i.test(field) : LIST.test(field)
    return longest + (fits ? 100 : 0)
  }
  const [best] = leaves
    .map((leaf) => ({ leaf, weight: worth(leaf) }))
    .filter((x) => x.weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.leaf.field < b.leaf.field ? -1 : 1))
  const says = `${object.kind} ${object.metadata.name} asks for what cannot be had: ${essence(message)}`
  const account = isDenied && !(best && IDENTITY.test(best.leaf.field)) ? identityOf(snapshot, workload) : null
  if (account) return { says, cause: account, directness: 0.8, mend: 'Give the identity of the ServiceAccount the right to read it' }
  const place = (field: string): Place => ({ object: refOf(object), field })
  if (best) return { says, cause: place(best.leaf.field), directness: 0.88, mend: `Correct ${best.leaf.field}, or make what it names` }
  return {
    says,
    cause: place(object.spec?.parameters ? 'spec.parameters' : 'spec'),
    directness: 0.7,
    mend: `Correct ${object.kind} ${object.metadata.name}`,
  }
}

const LIST = /objects|secrets|keys|path/i
const PLAIN =
  /^(?:error|code|desc|failed|mount|volume|secrets?|store|objects?|unknown|array|type|name|azure|aws|vault|pod|https?:?|true|false|rpc|provider|version|response)$/i

/** The last thing that a chain of errors says is what it is about. */
const essence = (message: string): string =>
  (
    message
      .split(/err(?:or)?: |desc = /)
      .findLast((part) => part.trim().length >= 20)
      ?.trim()
      .split('\n')[0] ?? message
  ).slice(0, 160)

function identityOf(snapshot: Snapshot, workload: KubeObject): Place | null {
  const account = snapshot.get('ServiceAccount', workload.metadata.namespace ?? null, podSpecOf(workload)?.serviceAccountName ?? 'default')
  const key = Object.keys(account?.metadata.annotations ?? {}).find((k) => CLOUD_IDENTITY.test(k))
  return account && key ? { object: refOf(account), field: entry('metadata.annotations', key) } : null
}
