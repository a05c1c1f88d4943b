import type { KubeObject } from '#cluster'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { deadEnd } from '../run/dead-end.ts'
import type { Rule, Seen } from '../rule.ts'

export const gateway: Rule = {
  id: 'gateway',
  title: 'A Gateway has no class or no certificate',
  means: 'No controller serves the class of the Gateway, or a listener takes its certificate from a Secret that does not exist.',
  looksAt: 'gatewayClassName and the listeners of Gateways, GatewayClasses, and whether the Secrets exist.',
  mend: 'Correct the class or the name of the Secret, or create it.',
  look: (snapshot) => snapshot.all('Gateway').flatMap((one) => entrance(snapshot, one)),
}

function entrance(snapshot: Snapshot, entry: KubeObject): Seen[] {
  const wanted = entry.spec?.gatewayClassName
  if (snapshot.find('GatewayClass', null, wanted) === null)
    return [deadEnd(entry, 'spec.gatewayClassName', `is of class ${wanted}, which does not exist`, wanted)]
  return (entry.spec?.listeners ?? []).flatMap((listener: any) =>
    (listener.tls?.certificateRefs ?? []).flatMap((ref: any, i: number): Seen[] => {
      if (snapshot.find('Secret', ref.namespace ?? entry.metadata.namespace ?? null, ref.name) !== null) return []
      const field = `spec.listeners[name=${listener.name}].tls.certificateRefs[${i}].name`
      return [
        deadEnd(entry, field, `takes the certificate of listener ${listener.name} from Secret ${ref.name}, which does not exist`, ref.name),
      ]
    }),
  )
}
