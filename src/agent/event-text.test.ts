import { expect, test } from 'vitest'
import { eventText } from './event-text.ts'
import type { AgentHappening } from './events.ts'

const answered = {
  type: 'model-answered',
  model: 'm',
  text: '',
  calls: [],
  inputTokens: 1_000,
  outputTokens: 20,
  cacheReadTokens: 0,
  costUSD: 0.0042,
  ms: 1_500,
} as const
const tool = {
  type: 'tool-answered',
  id: 'o1',
  tool: 'kubectl',
  error: false,
  summary: '7 pods, 2 not ready',
  text: '',
  artifact: null,
  ms: 120,
} as const

const cases: [AgentHappening, string][] = [
  [{ type: 'model-asked', model: 'openai/gpt-5', lastTurn: false }, 'asking openai/gpt-5'],
  [{ type: 'model-asked', model: 'openai/gpt-5', lastTurn: true }, 'asking openai/gpt-5 to conclude'],
  [{ type: 'model-retry', model: 'm', reason: 'HTTP 529', waitMs: 2_300 }, 'm: HTTP 529; again in 2s'],
  [{ type: 'model-failed', model: 'm', reason: 'HTTP 401', next: 'n' }, 'm is given up: HTTP 401; n goes on'],
  [{ type: 'model-failed', model: 'm', reason: 'HTTP 401', next: null }, 'm is given up: HTTP 401'],
  [{ ...answered, text: 'Both revisions first.' }, 'Both revisions first. (1000 + 20 tokens, $0.0042, 1s)'],
  [
    {
      ...answered,
      costUSD: null,
      calls: [
        { tool: 'kubectl', input: {} },
        { tool: 'promql', input: {} },
      ],
    },
    'calls kubectl, promql (1000 + 20 tokens, 1s)',
  ],
  [{ type: 'tool-called', id: 'o1', tool: 'kubectl', input: { command: 'kubectl get pods -n shop' } }, 'kubectl get pods -n shop'],
  [{ type: 'tool-called', id: 'o1', tool: 'promql', input: { query: 'up', instant: true } }, 'promql {"query":"up","instant":true}'],
  [tool, 'o1 7 pods, 2 not ready (120ms)'],
  [{ ...tool, error: true, summary: 'refused: it writes' }, 'o1 failed: refused: it writes (120ms)'],
  [
    { type: 'concluded', by: 'model', rootCause: 'DB_HOST is missing', added: 'Since revision 4.', incomplete: [] },
    'concluded: Since revision 4.',
  ],
  [{ type: 'concluded', by: 'model', rootCause: 'DB_HOST is missing', added: null, incomplete: [] }, 'concluded: DB_HOST is missing'],
  [{ type: 'concluded', by: 'diagnosis', rootCause: null, added: null, incomplete: [] }, "no conclusion: the result is the diagnosis' own"],
]
test.each(cases)('%o', (event, text) => expect(eventText(event)).toBe(text))
