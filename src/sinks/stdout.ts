import { renderText } from './render-text.ts'
import { clean } from './report.ts'
import type { MakeSink, Message } from './sink-driver.ts'

/** Writes to standard output, one message at a time. Nobody there tells repeats apart, so they are marked by the engine. */
export const makeStdoutSink: MakeSink<'stdout'> = ({ format = 'text' }, context, { template }) => ({
  dedupes: false,
  async deliver({ message }) {
    if (format === 'json') context.write(`${JSON.stringify(message)}\n`)
    else if (format === 'markdown') context.write(`${message.text.trimEnd()}\n\n`)
    else context.write(`${textOf(message, template !== undefined)}\n\n`)
    return { url: null, data: {} }
  },
})

/** The end of an investigation gets the terminal's own report; what a template said goes out as it is. */
function textOf(message: Message, hasTemplate: boolean): string {
  const { investigation, title, result, state } = message
  const head = `${'─'.repeat(3)} ${title}: ${state} · ${investigation.namespace}/${investigation.name}${investigation.link ? ` · ${investigation.link}` : ''}`
  const body =
    state === 'completed' && result && !hasTemplate ? renderText(result, { colour: false, columns: 100 }) : cleanText(message.text)
  return `${head}\n${body.trimEnd()}`
}

/** A template's text may be longer than a piece of evidence; only what would repaint a terminal is taken out. */
const cleanText = (text: string): string => text.split('\n').map(clean).join('\n')
