import { errorText } from '#kit/errors'
import { redact, redactDeep } from '#kit/redact'
import { callText, middleOut } from './conversation.ts'
import { shorten, type Emit } from './events.ts'
import type { ToolCall, ToolRecord } from './record.ts'
import type { Tool } from './tool.ts'

/** Keeps the redacted whole of an output for people; gives back where. A repeat after a crash carries the same id. */
export type SaveArtifact = (artifact: { id: string; tool: string; call: string; text: string }) => Promise<string>

/** What one step may record of an output, well under the 256 kB of a step. */
const MAX_TEXT = 24_000
const MAX_FULL = 5_000_000
const MAX_EVENT_TEXT = 600

interface ToolStep {
  id: string
  call: ToolCall
  tool: Tool
  saveArtifact: SaveArtifact | undefined
  deadline: Date
  now(): Date
  emit: Emit
}

/**
 * Body of step `tool-<n>-<k>`. A failure is a record like any other; only an abort of the step itself is thrown. Output
 * is redacted here whatever the tool did: this is the one gate between the cluster and everything that keeps or sends.
 */
export async function runTool({ id, call, tool, saveArtifact, deadline, now, emit }: ToolStep, signal: AbortSignal): Promise<ToolRecord> {
  const startedAt = now()
  emit({ type: 'tool-called', id, tool: tool.name, input: redactDeep(call.input) })
  const left = deadline.getTime() - startedAt.getTime()
  const output = left > 0 ? await callTool(tool, call.input, signal, left) : late
  const text = redact(output.text)
  const full = output.full === null && text.length > MAX_TEXT ? text : output.full && redact(output.full)
  const record: ToolRecord = {
    text: middleOut(text, MAX_TEXT),
    summary: redact(shorten(output.summary.replace(/\s+/g, ' '), 300)),
    error: output.error ?? false,
    artifact:
      full && saveArtifact
        ? await saveArtifact({ id, tool: tool.name, call: redact(callText(call)), text: full.slice(0, MAX_FULL) })
        : null,
    startedAt: startedAt.toISOString(),
    endedAt: now().toISOString(),
  }
  const ms = Date.parse(record.endedAt) - startedAt.getTime()
  emit({
    type: 'tool-answered',
    id,
    tool: tool.name,
    error: record.error,
    summary: record.summary,
    text: shorten(record.text, MAX_EVENT_TEXT),
    artifact: record.artifact,
    ms,
  })
  return record
}

const late = { text: 'Not called: the time for the investigation is up.', full: null, error: true, summary: 'no time left' }

async function callTool(tool: Tool, input: unknown, signal: AbortSignal, leftMs: number) {
  const timeout = AbortSignal.timeout(leftMs)
  const both = AbortSignal.any([signal, timeout])
  try {
    // A tool that does not listen to its signal does not hold up the investigation.
    return await Promise.race([tool.call(input, { signal: both }), aborted(both)])
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) return { ...late, text: 'Broken off: the time for the investigation is up.' }
    const why = errorText(error)
    return { text: `The call failed: ${why}`, full: null, error: true, summary: `failed: ${why}` }
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
