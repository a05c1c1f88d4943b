import { refOf, type KubeObject } from '#cluster'
import { settingsOnto } from '../services/entry-settings.ts'
import { allSettings, chosenSetting, claimOf, limitIn, serversOf } from '../run/limit-setting.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import { authorizationsOf } from '../services/mesh-access.ts'
import { callsOf } from '../../snapshot/hosts.ts'
import { isKind } from '../../snapshot/kinds.ts'
import { podField } from '../../snapshot/field-path.ts'
import { logRule, placeOf, type Told } from './log-rule.ts'
import { mountOf } from '../start/mounts.ts'
import { shownValue } from '../../snapshot/shown.ts'
import { fromObject } from '../rule.ts'

export const settingLimit = logRule(
  'setting-limit',
  {
    title: 'A limit that somebody set is hit',
    means:
      'The program, or the server that it uses, refuses because of a limit or a list in its own configuration: a size, a timeout, a pool, who is allowed.',
    mend: 'Raise the limit or extend the list where it is set, or have the program ask for less.',
  },
  (context) => {
    const { snapshot, hit, settings, group } = context
    const word = limitIn(hit.line)
    if (!word) return null
    const text = hit.around.join('\n')
    const servers = serversOf(context)
    const own = chosenSetting(snapshot, settings, text, word)
    const theirs = servers
      .map((server) => chosenSetting(snapshot, allSettings(snapshot, server), text, word))
      .filter((s) => s !== undefined)
    const between = callsOf(snapshot, group.workload)
      .map((c) => snapshot.get('Service', c.service.namespace, c.service.name))
      .map((service) => (service ? chosenSetting(snapshot, settingsOnto(snapshot, service), text, word) : undefined))
      .find((s) => s !== undefined)
    const chosen = [own, ...theirs].find((s) => s?.wasChanged) ?? own ?? theirs[0] ?? between
    const server = servers[0] ?? group.workload
    const where =
      chosen && isKind(chosen.setting.object.kind)
        ? snapshot.get(chosen.setting.object.kind, chosen.setting.object.namespace, chosen.setting.object.name)
        : undefined
    const says = `${chosen && chosen !== own ? `${chosen.setting.object.kind} ${chosen.setting.object.name} is at` : 'it is at'} ${word.what}`
    const policy =
      chosen || !/RBAC|rbac|denied/.test(hit.line)
        ? undefined
        : [...servers, group.workload].flatMap((w) => authorizationsOf(snapshot, w))[0]
    if (policy) {
      const edit = editsOf(policy)[0]
      const field = edit?.field ?? (policy.spec?.rules ? 'spec.rules' : 'spec')
      return {
        says: `${policy.kind} ${policy.metadata.namespace}/${policy.metadata.name} does not let it in`,
        cause: { object: refOf(policy), field },
        directness: edit ? 0.88 : 0.82,
        evidence: [fromObject(policy, `${field}: ${jsonText(policy.spec).slice(0, 250)}`)],
      }
    }
    const disk = !chosen && /disk/.test(word.what) ? claimOf(snapshot, server) : undefined
    if (disk) {
      const size = disk.spec?.resources?.requests?.storage
      return {
        says: `${server.kind} ${server.metadata.name} is at ${word.what} (claim ${disk.metadata.name}, ${size})`,
        cause: { object: refOf(disk), field: 'spec.resources.requests.storage' },
        directness: 0.82,
        evidence: [fromObject(disk, `spec.resources.requests.storage = ${size}`)],
      }
    }
    if (!chosen && word.what === SHARED_MEMORY) return sharedMemory(group.workload, group.container)
    if (!chosen)
      return {
        says: `it is at ${word.what}`,
        cause: { object: refOf(server), field: null },
        directness: 0.4,
        open: true,
        blames: servers.map(refOf),
      }
    return {
      says: `${says} (${chosen.words} = ${shownValue(chosen.setting.field, chosen.value).slice(0, 60)})`,
      cause: placeOf(chosen.setting),
      directness: chosen.wasChanged ? 0.88 : 0.8,
      ...(where
        ? {
            evidence: [
              fromObject(
                where,
                `${chosen.setting.field}: ${chosen.words} = ${shownValue(chosen.setting.field, chosen.value).slice(0, 150)}`,
              ),
            ],
          }
        : {}),
    }
  },
)

const SHARED_MEMORY = 'shared memory'

/** A container has 64 MB of it, unless a volume of memory is mounted there. */
function sharedMemory(workload: KubeObject, container: string): Told {
  const mount = mountOf(workload, container, '/dev/shm')
  const field = mount ? podField(workload, `volumes[name=${mount.volume.name}].emptyDir.sizeLimit`) : podField(workload, 'volumes')
  return {
    says: `it has too little shared memory${mount ? '' : ': no volume is mounted over /dev/shm'}`,
    cause: { object: refOf(workload), field },
    directness: 0.8,
  }
}
