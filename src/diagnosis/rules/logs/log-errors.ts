import { refOf } from '#cluster'
import { isReady } from '../../snapshot/containers.ts'
import { hostsIn, serviceOfHost } from '../../snapshot/hosts.ts'
import { isKind } from '../../snapshot/kinds.ts'
import { allSettings, chosenSetting, serversOf, type Chosen } from '../run/limit-setting.ts'
import { after } from './log-lines.ts'
import { logRule, placeOf, type LogContext } from './log-rule.ts'
import { injectedSetting } from './injected.ts'
import { mismatched } from './mismatch.ts'
import { settingOfThing } from '../../snapshot/noun-settings.ts'
import { malformed, onlyQuoted, spokenOf } from '../../snapshot/quoted-settings.ts'
import { settingQuoted } from '../../snapshot/said-settings.ts'
import { shownValue } from '../../snapshot/shown.ts'
import { fromObject } from '../rule.ts'

export const programErrors = logRule(
  'program-errors',
  {
    title: 'A program writes one error after another',
    means:
      'The program runs and says that something fails, in words that no other rule knows. A setting that its words name or quote, or what was changed just before, tells more.',
    mend: 'Correct the setting that the words name; else read the log further up, and undo what was changed when it began.',
  },
  (context) => {
    const { snapshot, hit, settings, settingSaid, group } = context
    const message = (hit.groups['message'] || hit.line).trim()
    const says = `${hit.state === 'well' ? 'it writes again and again' : 'it says'}: ${message.slice(0, 160)}`
    const servers = serversOf(context)
    const text = [hit.line, message].join('\n')
    const own = chosenSetting(snapshot, settings, text, undefined)
    const theirs = servers
      .map((server) => chosenSetting(snapshot, allSettings(snapshot, server), text, undefined))
      .filter((s) => s !== undefined)
    const said = settingSaid(message) ?? settingSaid(hit.line) ?? (hit.state === 'well' ? undefined : settingSaid(after(hit)))
    const apart = injectedSetting(context) ?? mismatched(context)
    if (apart) return apart
    // A whole value in quotes is what the line is about.
    const exact = settingQuoted(settings, hit.line)
    if (exact && !isServed(context, exact.value) && !(IS_URL.test(exact.value) && hit.state === 'well'))
      return { says, cause: placeOf(exact), directness: 0.72, tokens: [] }
    const thing = settingOfThing(settings, hit.line)
    if (thing) return { says, cause: placeOf(thing), directness: 0.68, tokens: [] }
    const exactly = hit.state === 'well' ? undefined : (malformed(settings, hit.line) ?? onlyQuoted(settings, hit.line))
    if (exactly) return { says, cause: placeOf(exactly), directness: 0.74, tokens: [] }
    const called = [own, ...theirs].find((s) => s?.wasChanged) ?? own ?? theirs[0]
    if (called)
      return {
        says,
        cause: placeOf(called.setting),
        directness: called.wasChanged ? 0.8 : 0.6,
        open: !called.wasChanged,
        ...proof(context, called),
      }
    // An address at which somebody answers tells whom it called; the fault may be at either end.
    const answers =
      said !== undefined &&
      (hostsIn(said.value).some(({ host }) => isServed(context, host)) || (hit.state === 'well' && IS_URL.test(said.value)))
    if (said && answers) return { says, cause: placeOf(said), directness: 0.5, tokens: [], open: true, blames: servers.map(refOf) }
    if (said) return { says, cause: placeOf(said), directness: 0.7, tokens: [] }
    // The last words of a program are often only that it ends.
    const [line, before] =
      [...hit.also.map((one) => [one, settingSaid(quoted(one))] as const), ...hit.also.map((one) => [one, settingSaid(one)] as const)].find(
        ([, setting]) => setting,
      ) ?? []
    if (line && before)
      return {
        says: `it says: ${line.trim().slice(0, 200)}`,
        cause: placeOf(before),
        directness: 0.68,
        tokens: [],
        evidence: [{ ...hit.evidence, text: line.trim() }],
      }
    if (hit.state !== 'well') return null
    const spoken = hit.share >= MUCH ? spokenOf(settings, hit.line) : undefined
    if (spoken) return { says, cause: placeOf(spoken), directness: 0.5, open: true }
    // What goes on and on, and nobody knows why, is at least told where an alert asks for it.
    const directness = hit.repeats >= OFTEN && hit.share >= MUCH && snapshot.asked?.workloads.includes(group.workload) ? 0.36 : 0.3
    return { says, cause: { object: refOf(group.workload), field: null }, blames: servers.map(refOf), directness, open: true }
  },
)

const OFTEN = 5
const MUCH = 0.3
const IS_URL = /^[a-z][a-z0-9+.-]*:\/\//i

/** What a line puts in quotes or brackets: values, not its own words. */
const quoted = (line: string): string => [...line.matchAll(/["'`[(]([^"'`\s\])]{3,120})["'`\])]/g)].map((m) => m[1]).join(' ')

function proof({ snapshot }: LogContext, { setting: { object, field }, words, value }: Chosen) {
  const where = isKind(object.kind) ? snapshot.get(object.kind, object.namespace, object.name) : undefined
  return where ? { evidence: [fromObject(where, `${field}: ${words} = ${shownValue(field, value).slice(0, 150)}`)] } : {}
}

/** Whether a host is a Service with a pod behind it. */
function isServed({ snapshot, group }: LogContext, host: string): boolean {
  const named = serviceOfHost(host, group.workload.metadata.namespace ?? '')
  const service = named && snapshot.get('Service', named.namespace, named.name)
  return service ? snapshot.podsSelected(named!.namespace, service.spec?.selector).some(isReady) : false
}
