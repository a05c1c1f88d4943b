import { refOf } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { quantity } from '../../snapshot/quantity.ts'
import { advise } from '../recommend.ts'
import { fromEvent, fromObject, type Rule, type Seen } from '../rule.ts'

export const claimResize: Rule = {
  id: 'claim-resize',
  title: 'A volume does not grow as its claim asks',
  means: 'Somebody asked for more storage. The driver refuses it, or the file system grows only when the pod is started anew.',
  looksAt: 'Claims that ask for more than they have, their events and conditions. It counts only when an alert asks about it.',
  mend: 'Do what the driver’s message says; where the file system waits, restart the pod.',
  look: (snapshot) =>
    snapshot.all('PersistentVolumeClaim').flatMap((claim): Seen[] => {
      const [asked, has] = [claim.spec?.resources?.requests?.storage, claim.status?.capacity?.storage]
      if (claim.status?.phase !== 'Bound' || (quantity(asked) ?? 0) <= (quantity(has) ?? Infinity)) return []
      const failed = snapshot.eventsOf(claim).find((e) => e.type === 'Warning' && /resiz|expan/i.test(e.reason))
      const waits = condition(claim, 'FileSystemResizePending')
      if (!failed && !waits) return []
      const { namespace, name } = claim.metadata
      return [
        {
          on: refOf(claim),
          failure: 'volume',
          severity: 'warning',
          summary: `Claim ${namespace}/${name} asks for ${asked} and has ${has}: ${failed ? failed.message.slice(0, 250) : 'its file system grows when the pod is started anew'}`,
          evidence: [failed ? fromEvent(failed) : fromObject(claim, `FileSystemResizePending: ${waits.message ?? ''}`)],
          cause: { object: refOf(claim), field: 'spec.resources.requests.storage' },
          since: failed?.first ?? time(waits?.lastTransitionTime),
          directness: 0.86,
          tentative: true,
          recommendations: [
            advise(failed ? 'Mend what the driver names' : 'Restart the pod that uses it', failed?.message.slice(0, 200) ?? ''),
          ],
        },
      ]
    }),
}
