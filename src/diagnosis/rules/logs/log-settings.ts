import { refOf } from '#cluster'
import { wordsOf } from '../../snapshot/named-settings.ts'
import { podField, podSpecOf } from '../../snapshot/field-path.ts'
import { sinceUpgrade } from './upgrade.ts'
import { logRule, placeOf, type LogContext, type Told } from './log-rule.ts'

export const tokens = (groups: Readonly<Record<string, string>>): string[] =>
  ['token', 'token2', 'token3'].map((name) => groups[name]).filter((t) => t !== undefined)

export const badArgument = logRule(
  'bad-argument',
  {
    title: 'A program refuses one of its arguments',
    means: 'The program does not know a command, flag or value that it was started with: mistyped, or of another version.',
    mend: 'Correct the argument, or go back to the revision in which it was right.',
  },
  (context) => {
    const { settingWith, group, hit, field } = context
    const link = serviceLink(context)
    if (link) return link
    const named = tokens(hit.groups)
    const setting = named.map(settingWith).find((s) => s !== undefined)
    const says = `the program does not accept ${named.map((t) => `"${t}"`).join(' for ') || 'an argument'}`
    if (setting) return { says, cause: placeOf(setting), directness: 0.92, ...sinceUpgrade(context, setting) }
    return { says, cause: { object: refOf(group.workload), field: field('args') }, directness: named.length > 0 ? 0.55 : 0.5, open: true }
  },
)

/**
 * Kubernetes gives a pod variables for every Service of its namespace (`REDIS_PORT=tcp://10.96.0.9:6379`), which programs that use the same
 * names for their own settings take for theirs.
 */
function serviceLink({ hit, group, snapshot }: LogContext): Told | null {
  const [url, address] = /\btcp:\/\/([\d.]+):\d+/.exec(hit.line) ?? []
  const pod = podSpecOf(group.workload)
  const service = url
    ? snapshot.all('Service', group.workload.metadata.namespace ?? null).find((s) => s.spec?.clusterIP === address)
    : undefined
  if (!service || pod?.enableServiceLinks === false) return null
  return {
    says: `it takes ${url}, the variable that Kubernetes makes of Service ${service.metadata.name}, for a setting of its own`,
    cause: { object: refOf(group.workload), field: podField(group.workload, 'enableServiceLinks') },
    directness: 0.88,
    alternatives: [{ object: refOf(service), field: 'metadata.name', summary: 'The name of the Service makes the variable' }],
  }
}

export const variableMissing = logRule(
  'variable-missing',
  {
    title: 'A required environment variable is not set',
    means: 'The program wants a variable that its container does not have, or has empty.',
    mend: 'Set the variable in the container, or in the ConfigMap or Secret that it takes its variables from.',
  },
  ({ hit, group, field, settings }) => {
    const variable = hit.groups['variable']
    const says = variable ? `it wants the variable ${variable}, which is not set` : 'a required variable is not set'
    const names = variable ? [variable, wordsOf(variable).replaceAll(' ', '_').toUpperCase()] : []
    const empty = settings.find((s) => s.origin === 'variable' && names.includes(s.name))
    if (empty) return { says: `it does not accept the value of ${variable}`, cause: placeOf(empty), directness: 0.75 }
    // `shop.payment.url` is SHOP_PAYMENT_URL to the program; one that is written small is meant so, too.
    const isKey = variable !== undefined && /[.-]|^[a-z]/.test(variable)
    const cause = { object: refOf(group.workload), field: variable ? field(`env[name=${isKey ? names[1] : variable}]`) : field('env') }
    return { says, cause, directness: variable ? 0.85 : 0.6 }
  },
)

export const commandNotFound = logRule(
  'command-not-found',
  {
    title: 'A command does not exist in the image',
    means: 'A shell or entry point calls a program that the image does not have, or that is built for another processor.',
    mend: 'Correct the command, or use an image that has it.',
  },
  ({ hit, group, settingWith, field }) => {
    const token = hit.groups['token']
    const setting = settingWith(token)
    const image = { object: refOf(group.workload), field: field('image') }
    if (!token)
      return { says: 'the image is built for another processor architecture than the node has', cause: image, directness: 0.88, tokens: [] }
    const says = `the command "${token}" does not exist in the image`
    if (setting) return { says, cause: placeOf(setting), directness: 0.85 }
    return { says, cause: image, directness: 0.55, open: true }
  },
)
