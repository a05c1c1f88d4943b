import { refOf, type KubeObject } from '#cluster'
import { lastWrite } from '../../snapshot/edits.ts'
import { advise, setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const updateHeld: Rule = {
  id: 'update-held',
  title: 'An update is held back by its own strategy',
  means:
    'A new revision is asked for, but updateStrategy OnDelete waits for somebody to delete the pods, or a partition keeps them at the old one.',
  looksAt:
    'updateStrategy of StatefulSets and DaemonSets, and how many of their pods have the newest revision. It counts only when an alert asks about it.',
  mend: 'Set the partition to 0, use RollingUpdate, or delete the pods one by one.',
  look: (snapshot) => [
    ...snapshot.all('StatefulSet').flatMap((set) => held(set)),
    ...snapshot.all('DaemonSet').flatMap((set) => held(set)),
  ],
}

function held(set: KubeObject): Seen[] {
  const { spec, status } = set
  const isSet = set.kind === 'StatefulSet'
  const wanted = isSet ? (spec?.replicas ?? 1) : (status?.desiredNumberScheduled ?? 0)
  const updated = isSet
    ? status?.updateRevision && status.updateRevision === status.currentRevision
      ? wanted
      : (status?.updatedReplicas ?? 0)
    : (status?.updatedNumberScheduled ?? 0)
  if (updated >= wanted) return []
  const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0
  const onDelete = spec?.updateStrategy?.type === 'OnDelete'
  // The partition holds what is below it; what is above and still old is stuck for another reason.
  if (!onDelete && (partition === 0 || updated < wanted - partition)) return []
  const object = refOf(set)
  const field = onDelete ? 'spec.updateStrategy.type' : 'spec.updateStrategy.rollingUpdate.partition'
  const name = `${set.kind} ${object.namespace}/${object.name}`
  return [
    {
      on: object,
      failure: 'rollout',
      severity: 'warning',
      summary: `${updated} of ${wanted} pods of ${name} have its newest revision: ${onDelete ? 'updateStrategy OnDelete waits until they are deleted' : `the partition keeps those below ordinal ${partition} at the old one`}`,
      evidence: [fromObject(set, `${field} = ${onDelete ? 'OnDelete' : partition}; updated ${updated} of ${wanted}`)],
      cause: { object, field },
      since: lastWrite(set),
      directness: 0.88,
      tentative: true,
      recommendations: [
        onDelete
          ? advise('Delete the old pods one by one, or set updateStrategy.type to RollingUpdate', 'Nothing else replaces them.')
          : setField(object, field, 0, 'Then the rest is updated, too.'),
      ],
    },
  ]
}
