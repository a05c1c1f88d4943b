import type { KubeObject } from '#cluster'
import { editsOf } from '../../snapshot/edits.ts'
import { podSpecOf } from '../../snapshot/field-path.ts'
import { configMapsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { DNS_SERVICE } from '../../snapshot/well-known.ts'
import type { Place } from '../rule.ts'

/** The configuration of the cluster's DNS that speaks of the end of a name, when it was written since it was made. */
export function inResolver(snapshot: Snapshot, host: string): Place | null {
  const { namespace, name } = DNS_SERVICE
  const labels = host.split('.')
  const ends = labels.map((_, i) => labels.slice(i).join('.')).filter((end) => end.includes('.') && !/^(?:svc\.)?cluster\.local$/.test(end))
  const pods = snapshot.podsSelected(namespace ?? '', snapshot.get('Service', namespace, name)?.spec?.selector)
  for (const map of new Set(pods.flatMap((pod) => configMapsOf(podSpecOf(snapshot.workloadOf(pod))))))
    for (const edit of editsOf(snapshot.get('ConfigMap', namespace, map) ?? NOTHING)) {
      const text = String(edit.after ?? '')
      if (ends.some((end) => text.includes(end)))
        return { object: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: map }, field: edit.field }
    }
  return null
}

const NOTHING: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '' } }
