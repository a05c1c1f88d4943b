import { refOf, type KubeObject } from '#cluster'
import { changesOf, type Change } from '../../snapshot/changes.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { serversOf } from '../run/limit-setting.ts'
import { logRule } from './log-rule.ts'

const IMAGE = /\]\.image$/

/** The newest roll-out of another image. */
const upgradeOf = (snapshot: Snapshot, workload: KubeObject): Change | undefined =>
  changesOf(snapshot, workload).find((c) => IMAGE.test(c.field))

export const versionsApart = logRule(
  'versions-apart',
  {
    title: 'Two programs are of versions that do not go together',
    means:
      'A client and its server do not speak the same version of a protocol or an interface: one of the two was brought up, or back, without the other.',
    mend: 'Bring the two to versions that go together: the one that was changed last back, or the other along.',
  },
  (context) => {
    const { snapshot, group, field, hit } = context
    const says = hit.line.trim().slice(0, 200)
    const servers = serversOf(context)
    const ends = [group.workload, ...servers].map((workload) => ({ workload, change: upgradeOf(snapshot, workload) }))
    const [last, other] = ends.filter((e) => e.change).sort((a, b) => (b.change!.at ?? 0) - (a.change!.at ?? 0))
    const at = (e: (typeof ends)[number]) => ({ object: refOf(e.workload), field: e.change!.field })
    if (last)
      return {
        says,
        cause: at(last),
        directness: other ? 0.7 : 0.8,
        tokens: [],
        alternatives: other ? [{ ...at(other), summary: 'The other end was brought to another version, too' }] : [],
      }
    return {
      says,
      cause: { object: refOf(group.workload), field: field('image') },
      directness: 0.6,
      blames: servers.map(refOf),
      tokens: [],
    }
  },
)
