import type { ModelMessage, ToolModelMessage } from 'ai'
import { shorten } from './events.ts'
import type { Model } from './models/model.ts'
import type { Fence } from './prompt/fence.ts'
import { charactersOf, estimateTokens } from './prompt/tokens.ts'
import { toolCallsOf, type AnswerRecord, type AssistantContent, type ToolCall, type ToolRecord } from './record.ts'

/** One output of a tool, as it stands in the conversation. */
interface Shown {
  id: string
  call: ToolCall
  text: string
  summary: string
  error: boolean
  /** It made room: only its summary is still there. */
  compacted: boolean
}

/** What stands behind a call of the model: an output, or a word of ours. */
export type Reply = { output: Shown } | { word: string }

interface Turn {
  record: AnswerRecord
  replies: ReadonlyMap<string, Reply>
}

/** A share of the window, so that one output cannot push out everything else, and a cap for models with a huge one. */
const OUTPUT_SHARE = 0.3
const MAX_OUTPUT_CHARACTERS = 24_000
/** Of the window without the answer: above `FULL` older outputs make room until `ROOMY` is reached. */
const FULL = 0.8
const ROOMY = 0.5
const NO_TEXT = '(nothing)'

export interface Conversation {
  /** Adds an answer and what its calls got. */
  add(record: AnswerRecord, replies: ReadonlyMap<string, Reply>): void
  /** A tool's answer in the words and the size in which it enters the conversation. `parallel`: how many come at once. */
  show(id: string, call: ToolCall, record: ToolRecord, parallel: number): Shown
  /** The whole again, when it was asked for a second time and had made room; null: it still stands above. */
  again(id: string): Shown | null
  /** Makes room by taking back the oldest outputs; called before each turn. */
  makeRoom(): void
  /** What is sent to this model, `note` last. */
  messages(model: Model, note: string | null): ModelMessage[]
  /** Estimated tokens of it all, tools and instructions included. */
  tokens(): number
  /** Tokens that it may have beside an answer. */
  readonly window: number
}

/** Rebuilt from recorded outputs alone; every decision in here is a function of them. */
export function createConversation(options: {
  start: string
  fence: Fence
  contextTokens: number
  fixedCharacters: number
  answerTokens: number
}): Conversation {
  const { fence, contextTokens } = options
  const turns: Turn[] = []
  const outputs = new Map<string, Shown>()
  const room = contextTokens - options.answerTokens

  const replyText = (reply: Reply): string => {
    if ('word' in reply) return reply.word
    const { id, call, text, summary, error, compacted } = reply.output
    const from = `${id}: ${callText(call)}`
    if (compacted)
      return `${id} ${error ? 'failed' : 'was'}: ${fence(from, summary)}\n(shortened to save room; the same call shows it again)`
    return `${id}${error ? ' failed' : ''}\n${fence(from, text)}`
  }

  const characters = (): number => {
    let sum = options.fixedCharacters + options.start.length
    for (const { record, replies } of turns) {
      sum += JSON.stringify(record.content).length + (record.note?.length ?? 0)
      for (const reply of replies.values()) sum += replyText(reply).length
    }
    return sum
  }

  return {
    add: (record, replies) => void turns.push({ record, replies }),
    show(id, call, record, parallel) {
      const limit = Math.min(MAX_OUTPUT_CHARACTERS, Math.floor((charactersOf(contextTokens) * OUTPUT_SHARE) / parallel))
      const shown: Shown = {
        id,
        call,
        text: middleOut(record.text, limit),
        summary: shorten(record.summary, 300),
        error: record.error,
        compacted: false,
      }
      outputs.set(id, shown)
      return shown
    },
    again(id) {
      const shown = outputs.get(id)
      if (!shown?.compacted) return null
      const afresh = { ...shown, compacted: false }
      outputs.set(id, afresh)
      return afresh
    },
    makeRoom() {
      if (estimateTokens(characters()) <= room * FULL) return
      // The last turn's outputs are what the model asked for just now.
      const older = turns.slice(0, -1).flatMap(({ replies }) => [...replies.values()])
      for (const reply of older) {
        if (estimateTokens(characters()) <= room * ROOMY) return
        if ('output' in reply) reply.output.compacted = true
      }
    },
    messages(model, note) {
      const messages: ModelMessage[] = [{ role: 'user', content: [{ type: 'text', text: options.start }] }]
      const say = (text: string | null): void => void (text && messages.push({ role: 'user', content: [{ type: 'text', text }] }))
      for (const { record, replies } of turns) {
        say(record.note)
        messages.push({ role: 'assistant', content: contentFor(model, record) })
        const results: ToolModelMessage['content'] = toolCallsOf(record).map(({ id, tool }) => ({
          type: 'tool-result',
          toolCallId: id,
          toolName: tool,
          output: { type: 'text', value: replyText(replies.get(id) ?? { word: 'Not carried out.' }) },
        }))
        if (results.length > 0) messages.push({ role: 'tool', content: results })
      }
      say(note)
      return model.cacheMark ? marked(messages, model.cacheMark) : messages
    },
    tokens: () => estimateTokens(characters()),
    window: room,
  }
}

/** `kubectl get pods -n shop` when there is one argument of words, else `promql {"query":"up","range":"1h"}`. */
export function callText({ tool, input }: Pick<ToolCall, 'tool' | 'input'>): string {
  const values = input !== null && typeof input === 'object' ? Object.values(input) : []
  const words = [values[0]].flat()
  if (values.length !== 1 || words.length === 0 || !words.every((word) => typeof word === 'string'))
    return shorten(`${tool} ${JSON.stringify(input)}`, 300)
  const said = words.join(' ').trim()
  return shorten(said.startsWith(`${tool} `) ? said : `${tool} ${said}`, 300)
}

/** Beginning and end, which tell most: the header of a table, the last lines of a log. */
export function middleOut(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = `\n… ${text.length - max} characters left out …\n`
  const half = Math.max(0, Math.floor((max - cut.length) / 2))
  return `${text.slice(0, half)}${cut}${text.slice(text.length - half)}`
}

/** What a vendor hands out to be handed back (signatures, item ids) means nothing to another one. */
function contentFor(model: Model, record: AnswerRecord): AssistantContent {
  if (record.model === model.id) return record.content
  const plain = record.content.flatMap((part): AssistantContent => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }]
    if (part.type === 'tool-call') return [{ type: 'tool-call', toolCallId: part.toolCallId, toolName: part.toolName, input: part.input }]
    return []
  })
  return plain.length > 0 ? plain : [{ type: 'text', text: NO_TEXT }]
}

/** Empty texts, which vendors refuse, and answers without anything get a word, so that every turn has its place. */
export function speakable(content: AssistantContent): AssistantContent {
  const filled = content.map((part) => (part.type === 'text' && part.text.trim() === '' ? { ...part, text: NO_TEXT } : part))
  const useful = filled.filter((part) => part.type !== 'text' || part.text !== NO_TEXT || part.providerOptions !== undefined)
  return useful.some((part) => part.type === 'text' || part.type === 'tool-call') ? useful : [...useful, { type: 'text', text: NO_TEXT }]
}

/** On the first message, which all turns share, and on the last, which the next turn builds on. */
function marked(messages: readonly ModelMessage[], mark: NonNullable<Model['cacheMark']>): ModelMessage[] {
  return messages.map((message, i) => (i === 0 || i === messages.length - 1 ? { ...message, providerOptions: mark } : message))
}
