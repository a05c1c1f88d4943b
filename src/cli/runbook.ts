import { readFile } from 'node:fs/promises'
import { runbookByName, runbooks } from '#agent'
import { InputError } from '#kit/errors'

/** What the model goes by: a runbook of ours, filled for each alert, or a person's own text. */
export type ChosenRunbook = { name: string } | { text: string }

/** `--runbook`: a name of the library, else a file. Throws an InputError that names both. */
export async function chooseRunbook(said: string): Promise<ChosenRunbook> {
  if (runbookByName(said, {})) return { name: said }
  const text = await readFile(said, 'utf8').catch((error: Error) => {
    throw new InputError(`"${said}" is neither a runbook's name nor a file that can be read (${error.message})`, {
      field: '--runbook',
      remedy: `Give a Markdown file, or one of ${runbooks.map(({ name }) => name).join(', ')}.`,
    })
  })
  if (text.trim() === '') throw new InputError(`${said} is empty`, { field: '--runbook', remedy: 'Write into it what to look at first.' })
  return { text }
}
