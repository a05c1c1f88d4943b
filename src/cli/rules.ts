import { stringify } from 'yaml'
import { rules as RULES } from '#diagnosis'
import { closest } from '#kit/closest'
import { InputError } from '#kit/errors'
import type { Io } from './io.ts'
import { ruleMarkdown } from './rules-page.ts'
import { table } from './table.ts'

/** `inquest rules [NAME]`: what the diagnosis looks for; each rule documents itself. */
export async function rules(name: string | undefined, options: { output: string }, io: Io): Promise<void> {
  const docs = RULES.map(({ id, title, means, looksAt, mend }) => ({ id, title, means, looksAt, mend }))
  const chosen = name === undefined ? docs : docs.filter(({ id }) => id === name)
  if (name !== undefined && chosen.length === 0) {
    const near = closest(
      name,
      docs.map(({ id }) => id),
    )
    throw new InputError(`there is no rule "${name}"`, {
      field: 'name',
      remedy: near ? `Did you mean ${near}?` : 'List them with `inquest rules`.',
    })
  }
  if (options.output === 'json') io.out(`${JSON.stringify(chosen, null, 2)}\n`)
  else if (options.output === 'yaml') io.out(stringify(chosen))
  else if (options.output === 'markdown' || name !== undefined) {
    for (const rule of chosen) io.out(ruleMarkdown(rule))
  } else
    io.out(
      table(
        ['RULE', 'FINDS'],
        chosen.map(({ id, title }) => [id, title]),
      ),
    )
}
