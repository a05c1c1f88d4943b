import { refOf } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { entry } from '../../snapshot/field-path.ts'
import { holdsWord, settingsWith, type Setting } from '../../snapshot/settings.ts'
import { settingOfThing } from '../../snapshot/noun-settings.ts'
import { malformed, onlyQuoted } from '../../snapshot/quoted-settings.ts'
import { settingsCalled } from '../../snapshot/named-settings.ts'
import { keyLost } from './log-files.ts'
import { mismatched } from './mismatch.ts'
import { mountOf } from '../start/mounts.ts'
import { after } from './log-lines.ts'
import { logRule, placeOf, type LogContext } from './log-rule.ts'
import { tokens } from './log-settings.ts'
import { sinceUpgrade } from './upgrade.ts'

export const configInvalid = logRule(
  'config-invalid',
  {
    title: 'A configuration file cannot be used',
    means: 'The program reads its configuration and refuses it: a mistake in the form, an unknown key, a bad value.',
    mend: 'Correct the ConfigMap that the file comes from.',
  },
  (context) => {
    const { hit, group, settings, snapshot, settingWith, field } = context
    const path = hit.groups['path'] ?? fileGiven(context)
    const files = settings.filter((s) => s.origin === 'file')
    const mount = path ? mountOf(group.workload, group.container, path) : undefined
    const key = path?.slice(path.lastIndexOf('/') + 1)
    const words = tokens(hit.groups).length > 0 ? tokens(hit.groups) : wordsIn(files, [hit.line, ...hit.also])
    const lost = hit.groups['path'] ? keyLost(context, hit.groups['path']) : null
    if (lost) return lost
    const unlike = hit.groups['path'] ? null : mismatched(context)
    if (unlike) return unlike
    const byPath = mount?.configMap
      ? files.find((s) => s.object.name === mount.configMap && s.field === entry('data', mount.key ?? key!))
      : undefined
    const byToken = words.flatMap((word) => settingsWith(files, word))[0] ?? words.map(settingWith).find((s) => s !== undefined)
    const byName = files.filter((f) => f.name.includes('.') && holdsWord([hit.line, ...hit.also].join('\n'), f.name))
    // What it calls by its name in the line after: `cookie_secret must be 16, 24, or 32 bytes`.
    const called = tokens(hit.groups).length > 0 ? undefined : settingsCalled(settings, [hit.line, after(hit)].join('\n'))[0]?.setting
    const setting =
      byPath ?? byToken ?? called ?? (byName.length === 1 ? byName[0] : undefined) ?? (files.length === 1 ? files[0] : undefined)
    const says = `its configuration ${path ?? setting?.name ?? ''} is refused${words[0] ? ` at "${words[0]}"` : ''}`.replace('  ', ' ')
    const image = field('image')
    // A version that came with a roll-out may know less, or more, than the file was written for.
    const alternatives = changesOf(snapshot, group.workload).some((c) => c.field === image)
      ? [{ object: refOf(group.workload), field: image, summary: 'The new version takes another configuration' }]
      : []
    const isNamed =
      setting !== undefined && (setting === byToken || setting === called || (setting === byPath && hit.groups['path'] !== undefined))
    if (setting)
      return {
        says,
        cause: placeOf(setting),
        directness: isNamed ? 0.9 : byPath ? 0.78 : 0.65,
        alternatives,
        ...(isNamed ? sinceUpgrade(context, setting) : {}),
      }
    if (mount?.secret && key) {
      const object = { apiVersion: 'v1', kind: 'Secret', namespace: group.workload.metadata.namespace ?? null, name: mount.secret }
      return { says, cause: { object, field: entry('data', mount.key ?? key) }, directness: 0.8 }
    }
    const map = mount?.configMap ? snapshot.get('ConfigMap', group.workload.metadata.namespace ?? null, mount.configMap) : undefined
    if (map) return { says, cause: { object: refOf(map), field: 'data' }, directness: 0.7 }
    // One ConfigMap, whichever of its files; else what is left to configure it with.
    const [only, ...more] = [...new Map(files.map((f) => [f.object.name, f.object])).values()]
    if (only && more.length === 0) return { says, cause: { object: only, field: 'data' }, directness: 0.5, open: true }
    const thing = malformed(settings, hit.line) ?? onlyQuoted(settings, hit.line) ?? settingOfThing(settings, hit.line)
    if (thing) return { says, cause: placeOf(thing), directness: 0.6 }
    return {
      says,
      cause: { object: refOf(group.workload), field: field(settings.some((s) => s.origin === 'variable') ? 'env' : 'image') },
      directness: 0.45,
      open: true,
    }
  },
)

/** What the lines quote and the files hold. */
const wordsIn = (files: readonly Setting[], lines: readonly string[]): string[] =>
  lines
    .flatMap((line) => [...line.matchAll(/["'`[]([\w./-]{3,80})["'`\]]/g)].map((m) => m[1]!))
    .filter((word) => settingsWith(files, word).length > 0)

/** The mounted file that its arguments and variables name, when its words name none. */
function fileGiven({ settings, group }: LogContext): string | undefined {
  const named = settings
    .filter((s) => s.origin !== 'file')
    .flatMap((s) => [...s.value.matchAll(/\/[\w./@-]+/g)].map((m) => m[0]))
    .filter((path) => {
      const mount = mountOf(group.workload, group.container, path)
      return (mount?.configMap ?? mount?.secret) && path !== mount?.mountPath.replace(/\/*$/, '') && !path.endsWith('/')
    })
  const [only, ...more] = new Set(named)
  return more.length === 0 ? only : undefined
}
