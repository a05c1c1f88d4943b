import { refOf } from '#cluster'
import { logRule, placeOf } from './log-rule.ts'
import type { Setting } from '../snapshot/settings.ts'

export const privilegeMissing = logRule(
  'privilege-missing',
  {
    title: 'An account may not do what the program asks of a server',
    means:
      'The database, broker or cloud knows the account and accepts its password, but it may not do this: the wrong account is set, or it was never given the right.',
    mend: 'Use the account that may (owners of tables change them), or grant the right on the server.',
  },
  ({ hit, group, settings, settingWith, field }) => {
    const user = hit.groups['user'] ?? hit.groups['user2']
    const what = hit.groups['token'] ?? hit.groups['token2']
    const says = `its account${user ? ` "${user}"` : ''} may not do what it asks${what ? ` (${what.trim()})` : ''}`
    const setting = settingWith(user) ?? settings.find(isAccount) ?? settings.find((s) => AUTHORITY.test(s.value))
    if (setting) return { says, cause: placeOf(setting), directness: 0.82 }
    const secret = (group.views[0]!.spec.env ?? []).find((e: any) => e.valueFrom?.secretKeyRef && ACCOUNT.test(e.name))
    const account = (group.views[0]!.spec.env ?? []).find((e: any) => e.valueFrom?.secretKeyRef && /URL|DSN|URI|KEY/i.test(e.name))
    const held = secret ?? account
    return held
      ? { says, cause: { object: refOf(group.workload), field: field(`env[name=${held.name}]`) }, directness: 0.7 }
      : { says, directness: 0.5, open: true }
  },
)

const ACCOUNT = /(?:^|_)(?:USER(?:NAME)?|LOGIN|ROLE|ACCOUNT|PRINCIPAL|PGUSER)$|^PGUSER$|ACCESS_KEY_ID$/i
const isAccount = ({ name, origin }: Setting): boolean => origin === 'variable' && ACCOUNT.test(name)
/** A user within a URL, or `user=` in a connection string. */
const AUTHORITY = /:\/\/[^\s/@:]+(?::[^\s@]*)?@|\buser(?: ?id|name)?=/i
