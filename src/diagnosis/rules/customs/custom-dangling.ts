import { groupOf, refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { customOwner } from '../../snapshot/custom-links.ts'
import { isKind } from '../../snapshot/kinds.ts'
import { leavesOf, type Leaf } from '../../snapshot/leaves.ts'
import { nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const customDangling: Rule = {
  id: 'custom-dangling',
  title: 'A custom resource names something that does not exist',
  means:
    'A route, a monitor or the like refers to a Service, or to another resource of its own operator, that is not there: what it is for does not work, and many operators say so in their log only.',
  looksAt:
    'References in custom resources: a name beside a kind, or below a key that is called like a kind, and the objects that there are.',
  mend: 'Correct the name, or create what it names.',
  look: (snapshot) => snapshot.customs.flatMap((object) => dangling(snapshot, object)),
}

/** What is made later, or elsewhere, or on purpose by somebody else. */
const MADE = /secret|target|output|template|claim|status|selector|subject|owner/i

interface Reference {
  leaf: Leaf
  kind: string
  namespace: string
}

function dangling(snapshot: Snapshot, object: KubeObject): Seen[] {
  if (customOwner(snapshot, object) || object.metadata.deletionTimestamp) return []
  const leaves = leavesOf(object.spec ?? {}, 'spec')
  return leaves
    .filter((leaf) => leaf.key === 'name' && leaf.value !== '' && !MADE.test(leaf.field))
    .flatMap((leaf) => referenceOf(snapshot, object, leaves, leaf) ?? [])
    .filter((reference) => !exists(snapshot, object, reference))
    .map((reference) => seen(snapshot, object, reference))
}

function referenceOf(snapshot: Snapshot, object: KubeObject, leaves: readonly Leaf[], leaf: Leaf): Reference | null {
  const parent = leaf.field.slice(0, leaf.field.lastIndexOf('.'))
  const beside = (key: string): string | undefined => leaves.find((l) => l.field === `${parent}.${key}`)?.value
  const namespace = beside('namespace') ?? object.metadata.namespace ?? ''
  const kind = beside('kind') ?? kindCalled(snapshot, parent.replace(/\[[^\]]*\]$/, '').replace(/^.*\./, ''), namespace)
  if (!kind || namespace === '') return null
  const isKnown = kind === 'Service' ? snapshot.has('Service', namespace) : !isKind(kind) && snapshot.hasCustom(kind, namespace)
  return isKnown ? { leaf, kind, namespace } : null
}

/** `services`, `middlewares`, `issuerRef`: the kind that a key is called after. */
function kindCalled(snapshot: Snapshot, key: string, namespace: string): string | undefined {
  const word = key.replace(/(?:Refs?|Names?)$/, '').toLowerCase()
  if (word === 'service' || word === 'services') return 'Service'
  const kinds = snapshot.once('custom-kinds', () => [...new Set(snapshot.customs.map((o) => o.kind))])
  return kinds.find((kind) => [kind.toLowerCase(), `${kind.toLowerCase()}s`].includes(word) && snapshot.hasCustom(kind, namespace))
}

const all = (snapshot: Snapshot, { kind, namespace }: Reference): readonly KubeObject[] =>
  kind === 'Service'
    ? snapshot.all('Service', namespace)
    : snapshot.customs.filter((o) => o.kind === kind && (o.metadata.namespace === undefined || o.metadata.namespace === namespace))

/** Operators have built-in objects (`api@internal`), and kinds of their own that are called like others'. */
const exists = (snapshot: Snapshot, object: KubeObject, reference: Reference): boolean =>
  reference.leaf.value.includes('@') ||
  all(snapshot, reference).some((o) => o.metadata.name === reference.leaf.value) ||
  snapshot.customs.some(
    (o) => o.metadata.name === reference.leaf.value && groupOf(o.apiVersion) === groupOf(object.apiVersion) && o !== object,
  )

function seen(snapshot: Snapshot, object: KubeObject, reference: Reference): Seen {
  const { leaf, kind } = reference
  const near = nearest(
    leaf.value,
    all(snapshot, reference).map((o) => o.metadata.name),
  )
  const summary = `${objectText(refOf(object))} names ${kind} ${leaf.value}, which does not exist${near ? ` (there is ${near})` : ''}`
  return {
    on: refOf(object),
    failure: 'entry',
    severity: 'warning',
    summary,
    evidence: [fromObject(object, `${leaf.field} = ${leaf.value}`)],
    cause: { object: refOf(object), field: leaf.field },
    directness: 0.84,
    tokens: [leaf.value],
    tentative: true,
    recommendations: [
      near ? setField(refOf(object), leaf.field, near, summary) : advise(`Correct ${leaf.field}, or create ${kind} ${leaf.value}`, summary),
    ],
  }
}
