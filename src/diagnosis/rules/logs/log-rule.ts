import { refOf } from '#cluster'
import { objectText, type Recommendation } from '#kinds/result'
import { containerField } from '../../snapshot/field-path.ts'
import { settingsOf, settingsWith, type Setting } from '../../snapshot/settings.ts'
import { shownValue } from '../../snapshot/shown.ts'
import { settingSaid } from '../../snapshot/said-settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { hitsOf, tokensOf, type LogHit } from './log-lines.ts'
import { oldest, podNames, unreadySince, type ContainerGroup } from '../run/pods.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Draft, type Rule, type Seen } from '../rule.ts'
import type { LogRule } from '../run/signatures.ts'

/** What a rule of logs adds to what all of them say alike. */
export type Told = Partial<
  Pick<Seen, 'cause' | 'directness' | 'blames' | 'open' | 'alternatives' | 'recommendations' | 'tokens' | 'failure' | 'tentative'>
> & {
  /** The end of the sentence `Container app of Deployment shop/web …`. */
  says: string
  /** Beside the line and the setting of its own that the cause is. */
  evidence?: Draft[]
}

export interface LogContext {
  snapshot: Snapshot
  group: ContainerGroup<LogHit>
  hit: LogHit
  settings: Setting[]
  /** The setting that holds a word, the most telling first. */
  settingWith(word: string | undefined): Setting | undefined
  /** The setting whose value, or a telling part of it, a line repeats. */
  settingSaid(line: string): Setting | undefined
  /** A field of the container. */
  field(rest: string): string
}

type Docs = Pick<Rule, 'title' | 'means' | 'mend'>

/** Makes a rule out of one family of lines. */
export function logRule(id: LogRule, docs: Docs, tell: (context: LogContext) => Told | null): Rule {
  return {
    id,
    ...docs,
    looksAt: 'The last lines of the logs, present and previous, of containers that end, are not ready, or belong to what is asked about.',
    look: (snapshot) =>
      hitsOf(snapshot, id)
        .map((group) => toSeen(snapshot, group, tell))
        .filter((seen) => seen !== null),
  }
}

function toSeen(snapshot: Snapshot, group: ContainerGroup<LogHit>, tell: (context: LogContext) => Told | null): Seen | null {
  const { workload, container, views, data: hit } = group
  const settings = settingsOf(snapshot, workload, container)
  const context: LogContext = {
    snapshot,
    group,
    hit,
    settings,
    settingWith: (word) => (word ? settingsWith(settings, word)[0] : undefined),
    settingSaid: (line) => settingSaid(settings, line, [workload.metadata.name, workload.metadata.namespace ?? '', container]),
    field: (rest) => containerField(workload, container, rest),
  }
  const told = tell(context)
  if (!told) return null
  const { says, failure, evidence: more = [], ...rest } = told
  const pods = podNames(views)
  const doing = hit.state === 'crashing' ? 'keeps ending' : hit.state === 'unready' ? 'is not ready' : 'runs'
  return {
    on: refOf(workload),
    failure:
      group.init && hit.state !== 'well' ? 'startup' : hit.state === 'crashing' ? 'crash' : hit.state === 'unready' ? 'unready' : 'call',
    container,
    severity: hit.state === 'well' ? 'warning' : 'critical',
    summary: `Container ${container} of ${objectText(refOf(workload))} ${doing}: ${says}`,
    evidence: [
      hit.evidence,
      ...(rest.cause?.field && settingText(settings, rest.cause.field)
        ? [fromObject(workload, settingText(settings, rest.cause.field)!)]
        : []),
      ...more,
    ],
    cause: { object: refOf(workload), field: containerField(workload, container) },
    directness: 0.4,
    since: hit.state === 'crashing' ? oldest(views) : hit.state === 'unready' ? unreadySince(views.map((v) => v.pod)) : null,
    tokens: tokensOf(hit),
    lines: hit.around,
    pods,
    tentative: hit.state === 'well',
    ...rest,
    ...(failure && !group.init ? { failure } : {}),
    recommendations: rest.recommendations ?? recommend(hit, rest),
  }
}

const settingText = (settings: readonly Setting[], field: string): string | undefined => {
  const setting = settings.find((s) => s.field === field && s.value.length < 200)
  return setting && `${setting.field} = ${shownValue(setting.field, setting.value)}`
}

function recommend(hit: LogHit, told: Partial<Seen>): Recommendation[] {
  const field = told.cause?.field
  return [advise(field ? `Correct ${field}` : 'Mend what the log line names', `The log says: ${hit.line.trim().slice(0, 200)}`)]
}

export const placeOf = (setting: Setting): { object: Setting['object']; field: string } => ({
  object: setting.object,
  field: setting.field,
})
