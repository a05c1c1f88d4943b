import { compileTemplate } from '#expr'
import { InputError } from '#kit/errors'
import { ARGS_NAMES } from '#kinds/scopes'
import type { Values } from '#store'

/**
 * The words of a command, each rendered alone: what an alert says can never become two words, or a flag. Throws an InputError, with its
 * place, for a template that cannot be rendered and for a value that would be read as a flag.
 */
export function renderArgs(templates: readonly string[], scope: Values, field: string): string[] {
  return templates.map((template, i) => {
    const at = `${field}[${i}]`
    const word = compileTemplate(template, ARGS_NAMES, { field: at })(scope)
    if (!word.startsWith('-') || template.startsWith('-')) return word
    throw new InputError(`\`${template}\` gives "${word.slice(0, 80)}", which would be read as a flag`, {
      field: at,
      remedy: 'A value may not begin with -: write the flag itself into the manifest, as --name={{ … }}.',
    })
  })
}
