import { refOf, type KubeObject } from '#cluster'
import { objectText, type ObjectRef } from '#kinds/result'
import { customTop, unwellCustoms } from '../../snapshot/custom-links.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import { podField, podSpecOf } from '../../snapshot/field-path.ts'
import { linesWith } from '../logs/log-scan.ts'
import { denialIn, isAllowedNow, judgeDenial, rolesOf } from './rbac.ts'
import { advise } from '../recommend.ts'
import { fromEvent, fromObject, type Draft, type Rule, type Seen } from '../rule.ts'

export const rightsLacking: Rule = {
  id: 'rights-lacking',
  title: 'A controller may not do what an object asks for',
  means: 'The controller acts as its ServiceAccount, RBAC does not allow what it tries, and it says so of the object that it works on.',
  looksAt: 'Conditions of custom resources and events that quote the API server’s refusal, and the roles bound to the account.',
  mend: 'Add the missing verb or resource to the role, or bind the role to the account.',
  look: (snapshot) => {
    const found = new Map<string, Seen>()
    for (const { on, text, said, since } of sayings(snapshot)) {
      const denial = denialIn(text)
      if (!denial || isAllowedNow(snapshot, denial)) continue
      const { account, namespace, verb, resource, scope } = denial
      const key = `${on.kind}/${on.namespace}/${on.name} ${namespace}/${account} ${resource}`
      if (found.has(key)) continue
      const wrong = judgeDenial(snapshot, denial)
      const says = `ServiceAccount ${namespace}/${account} may not ${verb} ${resource}${scope ? ` in ${scope}` : ''}`
      found.set(key, {
        on,
        failure: 'configuration',
        severity: 'critical',
        summary: `${objectText(on)} is not acted on: ${says}${wrong ? `: ${wrong.says}` : ''}`,
        evidence: [said],
        cause: wrong?.cause ?? { object: { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: account }, field: null },
        directness: wrong ? wrong.directness + 0.02 : 0.7,
        since,
        tokens: [resource, account],
        recommendations: [advise('Allow it, or bind a role that does', says)],
      })
    }
    return [...found.values(), ...blocked(snapshot)]
  },
}

/** Who owns an object must be allowed to set the owner's finalizers; the API server does not say whose account it was. */
const blocked = (snapshot: Snapshot): Seen[] =>
  linesWith(snapshot, /cannot set blockOwnerDeletion .*resource you can't set finalizers on/).flatMap(({ workload, said, repeats }) => {
    const account = { namespace: workload.metadata.namespace ?? '', name: podSpecOf(workload)?.serviceAccountName ?? 'default' }
    const role = rolesOf(snapshot, account)[0]
    const says = `its account ${account.namespace}/${account.name} may not update the finalizers of the objects that it owns others by`
    return [
      {
        on: refOf(workload),
        failure: 'configuration' as const,
        severity: 'critical' as const,
        summary: `${objectText(refOf(workload))} cannot do its work: ${says}`,
        evidence: [said, ...(role ? [fromObject(role, `rules ${jsonText(role['rules']).slice(0, 250)}`)] : [])],
        cause: role
          ? { object: refOf(role), field: 'rules' }
          : { object: refOf(workload), field: podField(workload, 'serviceAccountName') },
        directness: role ? 0.86 : 0.6,
        tentative: repeats < 2,
        recommendations: [advise('Allow the verb update on the finalizers subresource of the owning kind', says)],
      },
    ]
  })

interface Saying {
  on: ObjectRef
  text: string
  said: Draft
  since: number | null
}

function sayings(snapshot: Snapshot): Saying[] {
  const ofCustoms = [...unwellCustoms(snapshot).values()].map(({ object, state }): Saying => ({
    on: refOf(customTop(snapshot, object)),
    text: state.message,
    said: fromObject(object, `${state.says}: ${state.message}`),
    since: state.since,
  }))
  const ofEvents = snapshot.events
    .filter((e) => e.message.includes('is forbidden: User') && snapshot.now - (e.last ?? 0) < RECENT)
    .map((e): Saying => ({
      on: topOf(snapshot, { apiVersion: '', kind: e.kind, namespace: e.namespace, name: e.name }),
      text: e.message,
      said: fromEvent(e),
      since: e.first,
    }))
  return [...ofCustoms, ...ofEvents]
}

/** An event older than this speaks of what was. ms */
const RECENT = 3_600_000

function topOf(snapshot: Snapshot, ref: ObjectRef): ObjectRef {
  const is = (o: KubeObject): boolean =>
    o.kind === ref.kind && o.metadata.name === ref.name && (o.metadata.namespace ?? null) === ref.namespace
  const object = snapshot.customs.find(is) ?? snapshot.workloads.find(is)
  return object ? refOf(object) : ref
}
