import { StringDecoder } from 'node:string_decoder'
import { ReadError, type KubeObject } from '../reader.ts'
import type { ApiStream } from './api.ts'

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  /** Of `ERROR` a Status, of `BOOKMARK` an object with a resourceVersion and nothing else. */
  object: KubeObject
}

/** etcd takes objects of 1.5 MB; a line is one of them with its managed fields. */
const MAX_LINE = 64 << 20

/**
 * The lines of a watch, one JSON object each. Ends when the server ends it; throws when the link breaks, when a line is none, and when
 * nothing came for `silentMs` milliseconds: a link that was cut somewhere on the way says nothing for ever.
 */
export async function* watchEvents(stream: ApiStream, silentMs: number): AsyncGenerator<WatchEvent> {
  const decoder = new StringDecoder('utf8')
  let silent = false
  const fallSilent = (): void => {
    silent = true
    stream.close()
  }
  let timer = setTimeout(fallSilent, silentMs)
  let rest = ''
  try {
    for await (const chunk of stream.body) {
      clearTimeout(timer)
      timer = setTimeout(fallSilent, silentMs)
      const text = decoder.write(chunk)
      const end = text.indexOf('\n')
      if (end < 0) {
        rest += text
        if (rest.length > MAX_LINE) throw new ReadError('Unreachable', `an object of a watch is larger than ${MAX_LINE >> 20} MB`)
        continue
      }
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) if (line.trim() !== '') yield eventOf(line)
    }
  } catch (error) {
    throw silent ? new ReadError('Timeout', `a watch said nothing for ${silentMs / 1_000} s`) : error
  } finally {
    clearTimeout(timer)
    stream.close()
  }
  if (silent) throw new ReadError('Timeout', `a watch said nothing for ${silentMs / 1_000} s`)
}

function eventOf(line: string): WatchEvent {
  let event: WatchEvent
  try {
    event = JSON.parse(line) as WatchEvent
  } catch {
    throw new ReadError('Unreachable', `a watch answered what is no JSON: ${line.slice(0, 100)}`)
  }
  if (typeof event.type !== 'string' || typeof event.object !== 'object' || event.object === null) {
    throw new ReadError('Unreachable', `a watch answered what is no event: ${line.slice(0, 100)}`)
  }
  return event
}

/** What a refusal says: the beginning of the answer. Ends the connection. */
export async function headOf(stream: ApiStream): Promise<string> {
  const timer = setTimeout(() => stream.close(), 5_000)
  let text = ''
  try {
    for await (const chunk of stream.body) {
      text += chunk.toString()
      if (text.length > 64 * 1024) break
    }
  } catch {
    // What came is enough.
  } finally {
    clearTimeout(timer)
    stream.close()
  }
  return text
}
