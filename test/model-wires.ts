import type { ReceivedRequest } from './model-server.ts'

/**
 * The three wire formats: what a vendor's answer looks like, and what it refuses in a request. Field by field as the
 * vendors document them; the SDK's own schemas read the answers in the tests.
 */
export type Wire = 'anthropic' | 'openai' | 'compatible'

/** What the model says. */
export interface Answer {
  text?: string
  /** A string as input goes out as it is: arguments that are no JSON. */
  calls?: { name: string; input: unknown }[]
  /** The model's reasoning, which the vendor wants back unchanged. */
  thinking?: string
  refusal?: string
  /** Ran into the limit on output tokens. */
  cutOff?: boolean
  /** Input tokens in all, of them read from the cache, output tokens. */
  usage?: { input: number; cached?: number; output: number }
}

interface WireFormat {
  path: string
  answer(answer: Answer, request: any): unknown
  error(status: number, message: string, code?: string): unknown
  /** Why the vendor would answer 400. */
  faults(request: ReceivedRequest): string[]
}

const usageOf = (answer: Answer) => ({ cached: 0, ...(answer.usage ?? { input: 1_000, output: 100 }) })

const asText = (input: unknown): string => (typeof input === 'string' ? input : JSON.stringify(input))

const anthropic: WireFormat = {
  path: '/anthropic/v1/messages',
  answer(answer, request) {
    const usage = usageOf(answer)
    return {
      id: 'msg_01',
      type: 'message',
      role: 'assistant',
      model: request.model,
      content: [
        ...(answer.thinking === undefined ? [] : [{ type: 'thinking', thinking: answer.thinking, signature: `signed:${answer.thinking}` }]),
        ...(answer.text === undefined ? [] : [{ type: 'text', text: answer.text }]),
        ...(answer.refusal === undefined ? [] : [{ type: 'text', text: answer.refusal }]),
        ...(answer.calls ?? []).map(({ name, input }, i) => ({
          type: 'tool_use',
          id: `toolu_${request.messages.length}_${i}`,
          name,
          input,
        })),
      ],
      stop_reason: answer.refusal ? 'refusal' : answer.cutOff ? 'max_tokens' : answer.calls ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: usage.input - usage.cached,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: usage.cached,
        output_tokens: usage.output,
      },
    }
  },
  error: (status, message) => ({
    type: 'error',
    error: { type: status === 529 ? 'overloaded_error' : status === 429 ? 'rate_limit_error' : 'api_error', message },
  }),
  faults({ headers, body }) {
    const faults: string[] = []
    if (!headers['x-api-key']) faults.push('x-api-key is missing')
    if (headers['anthropic-version'] !== '2023-06-01') faults.push('anthropic-version')
    if (!Number.isInteger(body.max_tokens)) faults.push('max_tokens is required')
    if (body.messages[0]?.role !== 'user') faults.push('the first message must be the user’s')
    let marks = JSON.stringify(body).split('"cache_control"').length - 1
    if (marks > 4) faults.push(`at most 4 cache_control blocks, found ${marks}`)
    for (const [i, message] of body.messages.entries()) {
      if (message.role === body.messages[i - 1]?.role) faults.push(`messages ${i - 1} and ${i} have the same role`)
      for (const block of message.content) {
        if (block.type === 'text' && block.text.trim() === '') faults.push('text content blocks must contain non-whitespace text')
        if (block.type === 'thinking' && block.signature !== `signed:${block.thinking}`) faults.push('thinking was changed')
        if (block.type === 'tool_use' && (typeof block.input !== 'object' || block.input === null))
          faults.push('tool_use.input must be an object')
      }
      const uses =
        message.role === 'assistant' ? message.content.filter((block: any) => block.type === 'tool_use').map((block: any) => block.id) : []
      const results = (body.messages[i + 1]?.content ?? [])
        .filter((block: any) => block.type === 'tool_result')
        .map((block: any) => block.tool_use_id)
      if (uses.length > 0 && !sameSet(uses, results)) faults.push(`tool_use ids ${uses.join()} without tool_result blocks right after`)
    }
    return faults
  },
}

const openai: WireFormat = {
  path: '/openai/v1/responses',
  answer(answer, request) {
    const usage = usageOf(answer)
    const at = request.input.length
    const parts = [
      ...(answer.text === undefined ? [] : [{ type: 'output_text', text: answer.text, annotations: [], logprobs: [] }]),
      ...(answer.refusal === undefined ? [] : [{ type: 'refusal', refusal: answer.refusal }]),
    ]
    return {
      id: 'resp_01',
      object: 'response',
      created_at: 1_760_000_000,
      status: answer.cutOff ? 'incomplete' : 'completed',
      error: null,
      incomplete_details: answer.cutOff ? { reason: 'max_output_tokens' } : null,
      model: request.model,
      output: [
        ...(answer.thinking === undefined
          ? []
          : [
              {
                type: 'reasoning',
                id: `rs_${at}`,
                summary: [{ type: 'summary_text', text: answer.thinking }],
                encrypted_content: `sealed:${answer.thinking}`,
              },
            ]),
        ...(parts.length === 0 ? [] : [{ type: 'message', id: `msg_${at}`, status: 'completed', role: 'assistant', content: parts }]),
        ...(answer.calls ?? []).map(({ name, input }, i) => ({
          type: 'function_call',
          id: `fc_${at}_${i}`,
          call_id: `call_${at}_${i}`,
          name,
          arguments: asText(input),
          status: 'completed',
        })),
      ],
      parallel_tool_calls: true,
      usage: {
        input_tokens: usage.input,
        input_tokens_details: { cached_tokens: usage.cached },
        output_tokens: usage.output,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: usage.input + usage.output,
      },
    }
  },
  error: (_, message, code) => ({ error: { message, type: 'invalid_request_error', param: null, code: code ?? null } }),
  faults({ headers, body }) {
    const faults: string[] = []
    if (!/^Bearer ./.test(headers['authorization'] ?? '')) faults.push('authorization is missing')
    if (body.store !== false) faults.push('the test wants store: false')
    const items: any[] = body.input
    for (const item of items) {
      if (item.type === 'item_reference') faults.push(`item ${item.id} was not stored`)
      if (item.type === 'reasoning' && item.encrypted_content !== `sealed:${item.summary[0]?.text}`) faults.push('reasoning was changed')
    }
    const calls = items.filter((item) => item.type === 'function_call').map((item) => item.call_id)
    const outputs = items.filter((item) => item.type === 'function_call_output').map((item) => item.call_id)
    if (!sameSet(calls, outputs)) faults.push(`No tool output found for function calls ${calls.join()}`)
    return faults
  },
}

const compatible: WireFormat = {
  path: '/compatible/v1/chat/completions',
  answer(answer, request) {
    const usage = usageOf(answer)
    const calls = (answer.calls ?? []).map(({ name, input }, i) => ({
      id: `call_${i}`,
      type: 'function',
      function: { name, arguments: asText(input) },
    }))
    return {
      id: 'chatcmpl-01',
      object: 'chat.completion',
      created: 1_760_000_000,
      model: request.model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: answer.text ?? null,
            ...(answer.refusal === undefined ? {} : { refusal: answer.refusal }),
            ...(calls.length > 0 ? { tool_calls: calls } : {}),
          },
          finish_reason: answer.refusal ? 'content_filter' : answer.cutOff ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop',
        },
      ],
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
        prompt_tokens_details: { cached_tokens: usage.cached },
      },
    }
  },
  error: (_, message, code) => ({ error: { message, type: 'server_error', param: null, code: code ?? null } }),
  faults({ body }) {
    const faults: string[] = []
    let open: string[] = []
    for (const message of body.messages) {
      if (message.role === 'tool') {
        if (!open.includes(message.tool_call_id)) faults.push(`tool message for the unknown call ${message.tool_call_id}`)
        open = open.filter((id) => id !== message.tool_call_id)
        continue
      }
      if (open.length > 0) faults.push(`calls ${open.join()} have no tool message`)
      open = (message.tool_calls ?? []).map((call: any) => call.id)
      for (const call of message.tool_calls ?? [])
        if (typeof call.function.arguments !== 'string') faults.push('arguments must be a string')
    }
    if (open.length > 0) faults.push(`calls ${open.join()} have no tool message`)
    return faults
  },
}

export const WIRES: Record<Wire, WireFormat> = { anthropic, openai, compatible }

const sameSet = (a: string[], b: string[]): boolean => a.length === b.length && new Set([...a, ...b]).size === a.length
