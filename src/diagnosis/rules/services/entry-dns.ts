import { refOf, type KubeObject } from '#cluster'
import { containersOf } from '../../snapshot/containers.ts'
import { hostsOf } from '../../snapshot/entry.ts'
import { podSpecOf } from '../../snapshot/field-path.ts'
import { ROUTES } from '../../snapshot/kinds.ts'
import { namedSettings } from '../../snapshot/named-settings.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import { DNS_WRITER } from '../../snapshot/well-known.ts'
import { allSettings } from '../run/limit-setting.ts'
import { advise } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

export const entryDns: Rule = {
  id: 'entry-dns',
  title: 'Nobody writes the DNS record of an Ingress',
  means:
    'The program that writes records into the zone leaves the host out, or may not write: a filter of domains or zones, an owner of the record, a role of the cloud.',
  looksAt: 'The hosts of Ingresses and routes, and the lines in which external-dns says that it skips them or fails.',
  mend: 'Correct the filter that leaves the host out, or give the program the right to write.',
  look: (snapshot) => {
    const entries = [...snapshot.all('Ingress'), ...ROUTES.flatMap((kind) => snapshot.all(kind))]
    return dnsWriters(snapshot).flatMap((writer) => entries.flatMap((entry) => left(snapshot, writer, entry) ?? []))
  },
}

/** Programs that write records for Ingresses into a zone. */
export const dnsWriters = (snapshot: Snapshot): KubeObject[] =>
  snapshot.workloads.filter((w) => (podSpecOf(w)?.containers ?? []).some((c: any) => DNS_WRITER.test(String(c.image))))

const LEAVES_OUT =
  /skipp|no (?:matching )?(?:hosted )?zones?|not match|no endpoints could be generated|filtered|conflict|already (?:owned|exists)/i
const FAILS = /denied|forbidden|unauthori[sz]ed|error|fail/i

function left(snapshot: Snapshot, writer: KubeObject, entry: KubeObject): Seen | null {
  const hosts = hostsOf(entry)
  const said = snapshot
    .podsOf(writer)
    .flatMap(containersOf)
    .flatMap((view) => (snapshot.log(view, false) ?? []).map((text) => ({ text, view })))
    .findLast(({ text }) => (LEAVES_OUT.test(text) || FAILS.test(text)) && hosts.some((host) => text.includes(host)))
  if (!said) return null
  const filter = LEAVES_OUT.test(said.text)
    ? namedSettings(allSettings(snapshot, writer)).find(({ words }) =>
        /(?:domain|zone)s?(?: id)? ?filter|exclude domains|txt owner/.test(words),
      )
    : undefined
  const object = refOf(writer)
  const { pod, name } = said.view
  return {
    on: refOf(entry),
    failure: 'entry',
    severity: 'critical',
    summary: `${entry.kind} ${entry.metadata.namespace}/${entry.metadata.name}: nobody writes the DNS record of ${hosts[0]}`,
    evidence: [
      { source: 'log', ref: `log/${logKey(pod.metadata.namespace ?? '', pod.metadata.name, name, false)}`, text: said.text.trim() },
    ],
    cause: filter ? { object: filter.setting.object, field: filter.setting.field } : { object, field: null },
    directness: filter ? 0.82 : 0.6,
    tentative: true,
    recommendations: [
      advise(`Correct ${filter?.setting.field ?? `what ${object.kind} ${object.name} lacks`}`, said.text.trim().slice(0, 200)),
    ],
  }
}
