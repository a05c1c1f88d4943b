import { expect, test } from 'vitest'
import { costOf, listedPrice } from './prices.ts'

const tokens = { input: 1_000_000, output: 100_000, cacheRead: 0, cacheWrite: 0 }

test.each([
  ['anthropic/claude-sonnet-4-5', tokens, 4.5],
  ['anthropic/claude-sonnet-4-5-20250929', tokens, 4.5],
  ['openai/gpt-5-mini-2025-08-07', tokens, 0.45],
  ['a cache that was read', { ...tokens, cacheRead: 900_000 }, 0.3 + 0.27 + 1.5],
  ['a cache that was written', { ...tokens, cacheWrite: 1_000_000 }, 3.75 + 1.5],
  ['anthropic/claude-haiku-5-5', { ...tokens, input: 100_000 }, 0.01 + 0.05],
  ['anthropic/claude-haiku-5-5', { ...tokens, input: 200_000 }, 0.1 + 0.25],
])('%s', (name, used, dollars) => {
  expect(costOf(listedPrice(name.includes('/') ? name : 'anthropic/claude-sonnet-4-5'), used)).toBeCloseTo(dollars, 9)
})

test.each(['openai/gpt-99', 'openai-compatible/llama3.3', 'anthropic/claude-sonnet-4'])('%s has no known price', (id) => {
  expect(costOf(listedPrice(id), tokens)).toBeNull()
})
