import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { hostsOf } from '../../snapshot/entry.ts'
import { entry as fieldOf } from '../../snapshot/field-path.ts'
import { settingsCalled } from '../../snapshot/named-settings.ts'
import { hostsIn, serviceOfHost } from '../../snapshot/hosts.ts'
import { servicesAt } from '../../snapshot/public-hosts.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { entryFails, FEWEST, heardEntries, statusIn, type EntryLine, type HeardEntry } from './entry-lines.ts'
import { isNginx, proxySettings, settingsOfEntry } from './entry-settings.ts'
import { chosenSetting, limitIn } from '../run/limit-setting.ts'
import type { LimitWord } from '../logs/limit-word.ts'
import type { Rule, Seen } from '../rule.ts'

export const entryRefuses: Rule = {
  id: 'entry-refuses',
  title: 'The program that lets requests in refuses them',
  means:
    'Requests do not come to the pods, or come to them changed: an annotation of the Ingress, or the configuration of its controller, limits, checks, rewrites or redirects them.',
  looksAt: 'The logs of the ingress controllers and gateways, and the annotations and rules of the Ingresses and routes.',
  mend: 'Correct the annotation that the words are about.',
  look: (snapshot) => heardEntries(snapshot).flatMap((heard) => limited(snapshot, heard) ?? untrusted(heard) ?? quoted(heard) ?? []),
}

/** ingress-nginx then serves its own certificate. */
const CERTIFICATE =
  /(?:validating|obtaining|getting|creating) (?:SSL|X\.?509) [Cc]ert(?:ificate)?|no valid PEM|does not contain a Common Name or SAN|Using default certificate/

/** A limit or a check that somebody set, or its default. */
function limited(snapshot: Snapshot, heard: HeardEntry): Seen | null {
  const { entry, proxies, lines } = heard
  const said = lines.map((line) => ({ ...line, word: limitIn(line.text) })).filter((l) => l.word !== undefined)
  const last = said.at(-1)
  if (!last || said.filter((l) => l.word === last.word).length < FEWEST) return null
  const word: LimitWord = last.word!
  const inEntry = chosenSetting(snapshot, settingsOfEntry(entry), last.text, word)
  const inProxy = proxies.map((p) => chosenSetting(snapshot, proxySettings(snapshot, p), last.text, word)).find((s) => s !== undefined)
  const chosen = [inEntry, inProxy].find((s) => s?.wasChanged) ?? inEntry ?? inProxy
  if (chosen) {
    const { object, field } = chosen.setting
    const says = `requests are refused, they hit ${word.what}`
    // Who checks is a Service of this cluster: what is wrong with it tells more than that it is asked.
    const asks = inEntry === chosen && !chosen.wasChanged ? callees(snapshot, entry, chosen.setting.value) : []
    const more = asks.length > 0 ? { blames: asks, open: true } : {}
    const directness = asks.length > 0 ? 0.7 : chosen.wasChanged ? 0.92 : 0.86
    return entryFails(heard, says, { object, field }, directness, last, `${field} = ${chosen.value}`, more)
  }
  if (!word.annotation || !isNginx(proxies)) return null
  const field = fieldOf('metadata.annotations', `nginx.ingress.kubernetes.io/${word.annotation}`)
  const says = `requests are refused, they hit ${word.what}, which has its default`
  return entryFails(heard, says, { object: refOf(entry), field }, 0.75, last, `no annotation ${word.annotation}`)
}

/** Services of the cluster that an annotation's URL leads to. */
const callees = (snapshot: Snapshot, { metadata: { namespace = '' } }: KubeObject, value: string): ObjectRef[] =>
  !/^https?:\/\//.test(value)
    ? []
    : hostsIn(value).flatMap(({ host }) => {
        const named = serviceOfHost(host, namespace)
        const service = named && snapshot.get('Service', named.namespace, named.name)
        return service ? [refOf(service)] : servicesAt(snapshot, host)
      })

const COMPLAINS = /^[EW]\d{4} |\berror\b|\bfail(?:ed|ure)?\b|not (?:found|exist)|does not exist|invalid/i

/** The controller cannot use what an annotation says. */
function quoted(heard: HeardEntry): Seen | null {
  const settings = settingsOfEntry(heard.entry).filter((s) => s.value.length >= 4)
  for (const line of heard.lines.toReversed()) {
    if (!COMPLAINS.test(line.text) || statusIn(line.text) !== undefined || isAnsweredSince(heard, line)) continue
    const said =
      settingsCalled(settings, line.text)[0]?.setting ?? settings.find((s) => !/^https?$/i.test(s.value) && holdsWord(line.text, s.value))
    if (!said) continue
    const { object, field } = said
    return entryFails(heard, `its controller cannot use ${field}`, { object, field }, 0.82, line, `${field} = ${said.value}`)
  }
  return null
}

/** What was said of an annotation when it was read is over where requests have been answered well since. */
const isAnsweredSince = ({ lines }: HeardEntry, line: EntryLine): boolean =>
  /\bannotation/i.test(line.text) &&
  lines.slice(lines.indexOf(line) + 1).filter((l) => l.ref === line.ref && /^2\d\d$/.test(statusIn(l.text) ?? '')).length >= FEWEST

/** The proxy cannot use the certificate. */
function untrusted(heard: HeardEntry): Seen | null {
  const { entry, lines } = heard
  const line = lines.findLast(({ text }) => CERTIFICATE.test(text))
  const tls = (entry.spec?.tls ?? []) as any[]
  if (!line || tls.length === 0) return null
  const lacking = tls.findIndex((t) => !hostsOf(entry).every((host) => (t.hosts ?? [host]).includes(host)))
  const field = lacking < 0 ? 'spec.tls[0].secretName' : `spec.tls[${lacking}].hosts`
  const proof = `${field} = ${jsonText(tls[Math.max(0, lacking)])}`
  return entryFails(
    heard,
    lacking < 0 ? 'its controller cannot use its certificate' : 'its certificate is for another name',
    { object: refOf(entry), field },
    0.8,
    line,
    proof,
  )
}
