import { refOf, type KubeObject } from '#cluster'
import { containersOf } from '../snapshot/containers.ts'
import { editsOf } from '../snapshot/edits.ts'
import { hostsOf, proxiesOf, servicesOf } from '../snapshot/entry.ts'
import { entry as fieldOf } from '../snapshot/field-path.ts'
import { jsonText } from '../snapshot/json-text.ts'
import { ROUTES } from '../snapshot/kinds.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { isNginx, proxySettings, settingsOfEntry } from './entry-settings.ts'
import { chosenSetting, limitIn } from './limit-setting.ts'
import type { LimitWord } from './limit-words.ts'
import { advise } from './recommend.ts'
import { fromObject, type Place, type Rule, type Seen } from './rule.ts'

export const entryRefuses: Rule = {
  id: 'entry-refuses',
  title: 'The program that lets requests in refuses them',
  means:
    'Requests do not come to the pods, or come to them changed: an annotation of the Ingress, or the configuration of its controller, limits, checks, rewrites or redirects them.',
  looksAt:
    'The logs of the ingress controllers and gateways, the annotations and rules of the Ingresses and routes, and when they were edited.',
  mend: 'Correct the annotation that the words are about, or take the last edit back.',
  look: (snapshot) =>
    [...snapshot.all('Ingress'), ...ROUTES.flatMap((kind) => snapshot.all(kind))].flatMap((entry) => refused(snapshot, entry)),
}

/** ingress-nginx then serves its own certificate. */
const CERTIFICATE = /(?:validating|obtaining|getting) SSL certificate|does not contain a Common Name or SAN|Using default certificate/
const FEWEST = 3
/** The status of an answer in the access logs of nginx, Traefik, Envoy and HAProxy. */
const STATUS = /" (\d{3}) |"(?:status|DownstreamStatus|response_code|status_code)":\s*"?(\d{3})|HTTP\/[\d.]+" (\d{3})\b/

function refused(snapshot: Snapshot, entry: KubeObject): Seen[] {
  const proxies = proxiesOf(snapshot, entry)
  const lines = proxies.flatMap((proxy) =>
    snapshot
      .podsOf(proxy)
      .flatMap(containersOf)
      .flatMap((view) =>
        (snapshot.log(view, false) ?? []).map((text) => ({
          text,
          ref: `log/${view.pod.metadata.namespace}/${view.pod.metadata.name}/${view.name}`,
        })),
      ),
  )
  const own = lines.filter(({ text }) => speaksOf(entry, text))
  const annotations = settingsOfEntry(entry)
  const said = own.map((line) => ({ ...line, word: limitIn(line.text) })).filter((l) => l.word !== undefined)
  const last = said.at(-1)
  const tell = (
    says: string,
    cause: Place,
    directness: number,
    line: { text: string; ref: string },
    more: string,
    since: number | null,
  ): Seen => ({
    on: refOf(entry),
    failure: 'entry',
    severity: 'critical',
    summary: `${entry.kind} ${entry.metadata.namespace}/${entry.metadata.name}: requests are refused, ${says}`,
    evidence: [{ source: 'log', ref: line.ref, text: line.text.trim() }, fromObject(entry, more)],
    cause,
    directness,
    since,
    tentative: true,
    recommendations: [advise(`Correct ${cause.field}`, line.text.trim().slice(0, 200))],
  })
  if (last && said.filter((l) => l.word === last.word).length >= FEWEST) {
    const word: LimitWord = last.word!
    const inEntry = chosenSetting(snapshot, annotations, last.text, word)
    const inProxy = proxies.map((p) => chosenSetting(snapshot, proxySettings(snapshot, p), last.text, word)).find((s) => s !== undefined)
    const chosen = [inEntry, inProxy].find((s) => s?.wasChanged) ?? inEntry ?? inProxy
    if (chosen)
      return [
        tell(
          `they hit ${word.what}`,
          { object: chosen.setting.object, field: chosen.setting.field },
          chosen.wasChanged ? 0.92 : 0.86,
          last,
          `${chosen.setting.field} = ${chosen.value}`,
          null,
        ),
      ]
    if (word.annotation && isNginx(proxies))
      return [
        tell(
          `they hit ${word.what}, which has its default`,
          { object: refOf(entry), field: fieldOf('metadata.annotations', `nginx.ingress.kubernetes.io/${word.annotation}`) },
          0.75,
          last,
          `no annotation ${word.annotation}`,
          null,
        ),
      ]
  }
  const untrusted = own.findLast(({ text }) => CERTIFICATE.test(text))
  const tls = (entry.spec?.tls ?? []) as any[]
  if (untrusted && tls.length > 0) {
    const lacking = tls.findIndex((t) => !hostsOf(entry).every((host) => (t.hosts ?? [host]).includes(host)))
    const field = lacking < 0 ? 'spec.tls[0].secretName' : `spec.tls[${lacking}].hosts`
    return [
      tell(
        'its certificate is for another name',
        { object: refOf(entry), field },
        0.8,
        untrusted,
        `${field} = ${jsonText(tls[Math.max(0, lacking)])}`,
        null,
      ),
    ]
  }
  // Words that nobody knows: an edit of the entry, and a status that most answers have.
  const edit = editsOf(entry).findLast((e) => e.at !== null && snapshot.now - e.at < 3 * 3_600_000)
  const bad = own.filter(({ text }) => isBad(text))
  if (!edit || bad.length < FEWEST || bad.length * 5 < own.length) return []
  const status = statusIn(bad.at(-1)!.text)
  return [
    tell(
      `answered with ${status}, and ${edit.field} was ${edit.how}`,
      { object: refOf(entry), field: edit.field },
      0.72,
      bad.at(-1)!,
      `${edit.field} ${edit.how} at ${new Date(edit.at!).toISOString()}`,
      edit.at,
    ),
  ]
}

const statusIn = (text: string): string | undefined => STATUS.exec(text)?.slice(1).find(Boolean)
const isBad = (text: string): boolean => /^(?:[45]\d\d|30[1278])$/.test(statusIn(text) ?? '')

/** A line of a proxy that is about an entry: it names one of its hosts, or the Service that it sends to as the proxies call it. */
function speaksOf(entry: KubeObject, text: string): boolean {
  if (hostsOf(entry).some((host) => text.includes(host.replace(/^\*/, '')))) return true
  return servicesOf(entry).some(
    (s) =>
      text.includes(`${s.namespace}-${s.name}-`) ||
      text.includes(`/${s.namespace}/${s.name}`) ||
      text.includes(`${s.namespace}_${s.name}_`),
  )
}
