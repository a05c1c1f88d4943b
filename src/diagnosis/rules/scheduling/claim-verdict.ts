import { refOf, type KubeObject } from '#cluster'
import { item } from '../../snapshot/field-path.ts'
import { nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { DEFAULT_CLASS, NO_PROVISIONER } from '../../snapshot/well-known.ts'
import { answered, unanswered, type Why } from './claim-answer.ts'
import type { Place } from '../rule.ts'
import { checksOf, fits } from './claim-fit.ts'

/** A claim that a StatefulSet made is described in its template. */
export function place(snapshot: Snapshot, claim: KubeObject, rest: string): Place {
  for (const set of snapshot.all('StatefulSet', claim.metadata.namespace ?? null)) {
    const template = (set.spec?.volumeClaimTemplates ?? []).find((t: any) =>
      new RegExp(`^${t.metadata?.name}-${set.metadata.name}-\\d+$`).test(claim.metadata.name),
    )
    if (template) return { object: refOf(set), field: `${item('spec.volumeClaimTemplates', 'name', template.metadata.name)}.spec.${rest}` }
  }
  return { object: refOf(claim), field: `spec.${rest}` }
}

export function judgeClaim(snapshot: Snapshot, claim: KubeObject, message: string): Why | null {
  const name: string | undefined = claim.spec?.storageClassName
  const classes = snapshot.all('StorageClass')
  const storageClass = name ? snapshot.get('StorageClass', null, name) : undefined
  const volumes = snapshot.all('PersistentVolume').filter((v) => v.status?.phase === 'Available' && !v.spec?.claimRef)
  const mismatch = misfit(snapshot, claim, volumes)
  if (claim.spec?.volumeName) {
    const volume = snapshot.find('PersistentVolume', null, claim.spec.volumeName)
    if (volume === null)
      return { says: `there is no volume ${claim.spec.volumeName}`, cause: place(snapshot, claim, 'volumeName'), directness: 0.9 }
    const owner = volume?.spec?.claimRef
    if (owner && !isOf(owner, claim))
      return {
        says: `the volume ${claim.spec.volumeName} that it names belongs to claim ${owner.namespace}/${owner.name}`,
        cause: place(snapshot, claim, 'volumeName'),
        directness: 0.92,
        tokens: [claim.spec.volumeName],
      }
  }
  const kept = snapshot
    .all('PersistentVolume')
    .find((v) => v.status?.phase === 'Released' && v.spec?.claimRef && isOf(v.spec.claimRef, claim) && fits(v, claim))
  if (kept)
    return {
      says: `volume ${kept.metadata.name} was kept for an earlier claim of this name, which was deleted, and still belongs to that one`,
      cause: { object: refOf(kept), field: 'spec.claimRef' },
      directness: 0.9,
    }
  if (
    name &&
    (/storageclass(?:es)?\S* "[^"]+" not found/.test(message) ||
      (snapshot.has('StorageClass') && !storageClass && volumes.every((v) => v.spec?.storageClassName !== name)))
  ) {
    const near = nearest(
      name,
      classes.map((c) => c.metadata.name),
    )
    if (mismatch?.sameClass) return { ...mismatch }
    return {
      says: `there is no StorageClass ${name}${
        near
          ? ` (there is ${near})`
          : classes.length > 0
            ? ` (there is ${classes
                .map((c) => c.metadata.name)
                .slice(0, 5)
                .join(', ')})`
            : ''
      }`,
      cause: place(snapshot, claim, 'storageClassName'),
      directness: 0.92,
      tokens: [name],
    }
  }
  if (!name && !classes.some((c) => c.metadata.annotations?.[DEFAULT_CLASS] === 'true'))
    return (
      mismatch ?? {
        says: 'it names no StorageClass and there is no default one',
        cause: place(snapshot, claim, 'storageClassName'),
        directness: 0.85,
      }
    )
  if (mismatch && (!storageClass || storageClass['provisioner'] === NO_PROVISIONER || mismatch.sameClass)) return mismatch
  if (storageClass?.['provisioner'] === NO_PROVISIONER)
    return {
      says: `class ${name} makes no volumes, and no free one fits`,
      cause: place(snapshot, claim, 'resources.requests.storage'),
      directness: 0.6,
      open: true,
    }
  if (/external provisioner|ExternalProvisioning/i.test(message) && storageClass) return unanswered(snapshot, storageClass)
  if (message !== '')
    return (
      (storageClass && answered(snapshot, storageClass, place(snapshot, claim, 'resources.requests.storage'), message)) ?? {
        says: message.slice(0, 200),
        cause: storageClass ? { object: refOf(storageClass), field: 'parameters' } : place(snapshot, claim, 'storageClassName'),
        directness: 0.55,
        open: true,
      }
    )
  return { says: 'no volume has been found for it', cause: place(snapshot, claim, 'storageClassName'), directness: 0.4, open: true }
}

const isOf = (ref: any, claim: KubeObject): boolean =>
  ref.name === claim.metadata.name && (ref.namespace ?? '') === (claim.metadata.namespace ?? '')

/** Why the free volume that comes nearest does not fit: one field of the claim. */
function misfit(snapshot: Snapshot, claim: KubeObject, volumes: readonly KubeObject[]): (Why & { sameClass: boolean }) | null {
  const checks = checksOf(claim)
  const near = volumes.map((v) => ({ v, failed: checks(v).filter(([, ok]) => !ok) })).filter((x) => x.failed.length === 1)
  const best = near.find((x) => x.failed[0]![0] !== 'storageClassName') ?? near[0]
  if (!best) return null
  const [rest, , because] = best.failed[0]!
  return {
    says: `volume ${best.v.metadata.name} is free and does not fit: ${because}`,
    cause: place(snapshot, claim, rest),
    directness: rest === 'storageClassName' ? 0.8 : 0.9,
    sameClass: rest !== 'storageClassName',
  }
}
