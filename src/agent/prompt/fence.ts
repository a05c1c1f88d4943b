import { hash } from '#kit/ids'

/** Marks text as data. The mark is not known when a log line is written, and is taken out of the text all the same. */
export type Fence = (from: string, text: string) => string

/** Deterministic: the same investigation has the same mark, so a replay sends the same bytes. */
export function createFence(investigationId: string): Fence {
  const mark = `data-${hash('fence', investigationId).slice(0, 10)}`
  return (from, text) => `<${mark} from="${attribute(from)}">\n${text.replaceAll(mark, 'data-')}\n</${mark}>`
}

const attribute = (text: string): string =>
  text
    .replace(/["<>\s]+/g, ' ')
    .slice(0, 160)
    .trim()
