import { namedSettings } from './named-settings.ts'
import type { Setting } from './settings.ts'

/** Things that a program is told the name of and that somebody else keeps. */
const THING =
  'bucket|queue|topic|exchange|stream|index|realm|tenant|region|container|repository|branch|collection|model|vhost|keyspace|project|subscription|channel|zone|workspace|organi[sz]ation|account|dataset|pipeline|profile|locale|currency|schema|catalog|bootstrap server|encryption key|app key'

/** What a line says is not there, or is not right: `NoSuchBucket`, `the specified topic does not exist`, `unknown region`. */
const SAYS: readonly RegExp[] = [
  new RegExp(`(?:NoSuch|Unknown|Invalid|Missing|Illegal)(${THING})`, 'i'),
  new RegExp(`\\b(${THING})(?:NotFound|DoesNotExist)`, 'i'),
  new RegExp(
    `\\b(${THING})s?\\b(?! (?:and|of)\\b).{0,60}?\\b(?:does not|doesn't|do not|not) (?:exist|found|available|configured|been specified)\\b`,
    'i',
  ),
  new RegExp(`\\b(${THING})\\b (?:is |was |has )?(?:unknown|invalid|not found|missing|not valid|disabled|deleted)`, 'i'),
  new RegExp(`\\b(?:unknown|invalid|no such|non-?existent|missing|no(?: \\w+)?) (${THING})\\b.{0,20}(?:specified|found|given|$|:)`, 'i'),
]

/**
 * The setting that holds the name of what a line says is not there, where the line does not quote it: by its own name, `S3_BUCKET` or
 * `--topic-name` for a bucket or a topic.
 */
export function settingOfThing(settings: readonly Setting[], line: string): Setting | undefined {
  const thing = SAYS.map((p) => p.exec(line)?.[1]).find((t) => t !== undefined)
  if (!thing) return undefined
  const name = new RegExp(`(?:^| )${thing.toLowerCase().replace('encryption key', 'app key')}s?(?: (?:name|id|arn|url))?$`)
  const found = namedSettings(settings).filter(({ words }) => name.test(words))
  return (found.find(({ setting }) => setting.origin !== 'file') ?? found[0])?.setting
}
