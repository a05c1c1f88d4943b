import { refOf } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import type { Setting } from '../../snapshot/settings.ts'
import { isChanged } from '../run/limit-setting.ts'
import { placeOf, type LogContext, type Told } from './log-rule.ts'
import { unreadySince } from '../run/pods.ts'

const SOON = 30 * 60_000

/**
 * A setting that stands as it always did, and is refused since the image is another one: the roll-out brought the trouble, not the setting.
 * Either goes: the image back, or the setting along. null when the setting was changed, too, or the image was not.
 */
export function sinceUpgrade({ snapshot, group, field }: LogContext, setting: Setting): Pick<Told, 'cause' | 'alternatives'> | null {
  const image = field('image')
  const change = changesOf(snapshot, group.workload).find((c) => c.field === image)
  const since = unreadySince(group.views.map((v) => v.pod))
  if (!change || isChanged(snapshot, setting) || change.at === null || since === null || since - change.at > SOON) return null
  return {
    cause: { object: refOf(group.workload), field: image },
    alternatives: [{ ...placeOf(setting), summary: 'The setting can follow the new version' }],
  }
}
