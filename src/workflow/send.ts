import type { Sink } from '#kinds/sink'
import type { Message, Receipt } from '#sinks'
import { failureOf, LostRun } from './failure.ts'
import type { Parts } from './parts.ts'

const MAX_RECEIPT = 4_096

export interface Sending {
  key: string
  sink: Sink
  thread: string
  /** The delivery's epoch under which this try was written down. */
  epoch: number
  /** Which try this is, over all processes. */
  tries: number
  message: Message
}

/**
 * One try of a delivery whose intent is committed: sends, then records the receipt. A crash between the two leaves an intent without a
 * record; the next try has the same key and says `repeated`. What a target that cannot tell repeats apart may have got twice is marked.
 */
export async function send(parts: Parts, { key, sink, thread, epoch, tries, message }: Sending, signal: AbortSignal): Promise<Receipt> {
  const { runs } = parts
  const repeated = tries > 1
  try {
    const driver = parts.makeSink(sink)
    const previous = await runs.threadReceipt(`${sink.metadata.namespace}/${sink.metadata.name}`, thread)
    const { unsure = false, ...delivered } = await driver.deliver({ message, key, previous, repeated }, signal)
    const receipt = capReceipt(delivered)
    const possiblyDuplicate = repeated && (unsure || !driver.dedupes)
    if (!(await runs.recordDelivered({ key, epoch, receipt, possiblyDuplicate }))) await mustBeOurs(parts, key, epoch)
    return receipt
  } catch (error) {
    if (error instanceof LostRun) throw error
    if (!(await runs.recordFailedTry({ key, epoch, error: failureOf(error).message, final: false }))) await mustBeOurs(parts, key, epoch)
    throw error
  }
}

/** A record was refused: by another owner's epoch, or because ours was committed while the answer got lost. */
async function mustBeOurs({ runs }: Parts, key: string, epoch: number): Promise<void> {
  const now = await runs.getDelivery(key)
  if (now?.epoch !== epoch) throw new LostRun()
}

const capReceipt = (receipt: Receipt): Receipt =>
  JSON.stringify(receipt).length <= MAX_RECEIPT ? receipt : { url: receipt.url?.slice(0, 2_048) ?? null, data: {} }
