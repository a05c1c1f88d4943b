import { refOf, type KubeObject } from '#cluster'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, inspect } from '../recommend.ts'
import { fromEvent, fromObject, type Rule, type Seen } from '../rule.ts'
import { judgeClaim, place } from './claim-verdict.ts'

export const claimPending: Rule = {
  id: 'claim-pending',
  title: 'A volume claim is not bound',
  means:
    'No volume fits the claim and none is made for it: its StorageClass is missing or broken, or size, access mode or class match no volume there is.',
  looksAt: 'PersistentVolumeClaims that are Pending or Lost, their events, the StorageClasses and the free PersistentVolumes.',
  mend: 'Name a StorageClass that exists, or make the claim fit a volume.',
  look: (snapshot) =>
    snapshot
      .all('PersistentVolumeClaim')
      .map((claim) => pending(snapshot, claim))
      .filter((s) => s !== null),
}

function pending(snapshot: Snapshot, claim: KubeObject): Seen | null {
  const phase = claim.status?.phase
  if ((phase !== 'Pending' && phase !== 'Lost') || claim.metadata.deletionTimestamp) return null
  const events = snapshot.eventsOf(claim)
  const event = events.find((e) => e.reason === 'ProvisioningFailed') ?? events.find((e) => e.reason !== 'WaitForFirstConsumer')
  const age = snapshot.now - (time(claim.metadata.creationTimestamp) ?? snapshot.now)
  const storageClass = snapshot.get('StorageClass', null, claim.spec?.storageClassName ?? '')
  const isLate = storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer'
  const isWaiting = (isLate || events.some((e) => e.reason === 'WaitForFirstConsumer')) && !event
  const why =
    phase === 'Lost'
      ? {
          says: `the volume ${claim.spec?.volumeName} that it was bound to is gone`,
          cause: place(snapshot, claim, 'volumeName'),
          directness: 0.85,
        }
      : judgeClaim(snapshot, claim, event?.message ?? '')
  // A class that binds late waits for a pod; a provisioner is given its time.
  if (!why || (isWaiting && why.open)) return null
  if (event?.reason === 'ExternalProvisioning' && age < 300_000) return null
  const name = `${claim.metadata.namespace}/${claim.metadata.name}`
  return {
    on: refOf(claim),
    failure: 'volume',
    severity: 'critical',
    summary: `Claim ${name} is not bound: ${why.says}`,
    evidence: [
      ...(event ? [fromEvent(event)] : []),
      fromObject(
        claim,
        `${phase}, class ${claim.spec?.storageClassName ?? 'none'}, ${claim.spec?.resources?.requests?.storage}, ${(claim.spec?.accessModes ?? []).join(', ')}`,
      ),
    ],
    cause: why.cause,
    since: time(claim.metadata.creationTimestamp),
    directness: why.directness,
    open: why.open ?? false,
    tokens: why.tokens ?? [],
    blames: why.blames ?? [],
    alternatives:
      why.cause.object.kind === 'StatefulSet'
        ? [
            {
              object: refOf(claim),
              field: why.cause.field?.replace(/^spec\.volumeClaimTemplates\[[^\]]*\]\./, '') ?? null,
              summary: `The claim ${name} itself, which the StatefulSet made`,
            },
          ]
        : [],
    recommendations: [
      inspect('See the storage classes', 'The claim needs one, or a volume that fits.', 'kubectl get storageclass,persistentvolume'),
      advise(`Correct ${why.cause.field ?? 'the claim'} of ${why.cause.object.kind} ${why.cause.object.name}`, why.says),
    ],
  }
}
