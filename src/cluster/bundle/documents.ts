import { errorText } from '#kit/errors'

/** Aliases that one YAML file may expand: a defence against "billion laughs"; real dumps have none. */
const MAX_ALIASES = 100

/** The documents of a JSON or YAML text, several when it is a YAML stream. What does not parse is an oddity, never an error. */
export async function parseDocuments(text: string, path: string, oddities: string[]): Promise<unknown[]> {
  const start = /\S/.exec(text)
  if (!start) return []
  if (start[0] === '{' || start[0] === '[') {
    try {
      return [JSON.parse(text)]
    } catch (error) {
      // A flow mapping is YAML too, and so is a stream of JSON documents; a JSON file is not tried again: YAML would take minutes to refuse it.
      if (/\.json$/i.test(path)) {
        oddities.push(`${path} is not valid JSON (${errorText(error)}); it was left out.`)
        return []
      }
    }
  }
  const { parseAllDocuments } = await import('yaml')
  const documents: unknown[] = []
  // Redaction makes keys alike (`tcp://***HIDDEN***:10000`): the last one wins, as it does in JSON.
  const parsed = parseAllDocuments(quoteRedacted(text), { merge: true, logLevel: 'silent', stringKeys: true, uniqueKeys: false })
  for (const document of 'empty' in parsed ? [] : parsed) {
    try {
      if (document.errors[0]) throw document.errors[0]
      documents.push(document.toJS({ maxAliasCount: MAX_ALIASES }))
    } catch (error) {
      oddities.push(
        `${path} is not valid YAML (${errorText(error).split('\n')[0]}); ${documents.length > 0 ? 'the rest of it' : 'it'} was left out.`,
      )
      break
    }
  }
  return documents
}

/** troubleshoot.sh redacts text, not values: a bare `***HIDDEN***` would be a YAML alias. */
const quoteRedacted = (text: string): string =>
  text.replaceAll(/^(\s*(?:- )*(?:[^\s"'#][^"'#]*?: )?)(\*\*\*HIDDEN\*\*\*.*)$/gm, (_, lead, value) => `${lead}${JSON.stringify(value)}`)
