import type { Price } from './spec.ts'

/**
 * US dollars for a million tokens, as found on 2026-10-16: most in stored copies of the vendors' price pages, some from
 * memory, none checked with a vendor since. Check before relying on a cost: vendors change prices, and a spec's `price`
 * goes before this table. A model that is not here has no known cost (`costUSD: null`) until its spec gives one. Cache
 * writes are the five-minute kind.
 */

interface ListedPrice extends Price {
  /** Dearer prices for a prompt of more tokens than this. */
  long?: Price & { over: number }
}

const claude = (input: number, output: number, readFactor = 0.1): ListedPrice => ({
  input,
  output,
  cacheRead: input * readFactor,
  cacheWrite: input * 1.25,
})

const PRICES: Readonly<Record<string, ListedPrice>> = {
  'anthropic/claude-fable-5-1': claude(10, 50, 0.025),
  'anthropic/claude-fable-5': claude(10, 50),
  'anthropic/claude-opus-5-5': claude(4, 20, 0.05),
  'anthropic/claude-opus-5': claude(5, 25),
  'anthropic/claude-opus-4-8': claude(5, 25),
  'anthropic/claude-opus-4-7': claude(5, 25),
  'anthropic/claude-opus-4-6': claude(5, 25),
  'anthropic/claude-opus-4-5': claude(5, 25),
  'anthropic/claude-opus-4-1': claude(15, 75),
  'anthropic/claude-sonnet-5-5': claude(2, 10, 0.05),
  'anthropic/claude-sonnet-5': claude(2, 10),
  'anthropic/claude-sonnet-4-6': claude(3, 15),
  'anthropic/claude-sonnet-4-5': claude(3, 15),
  'anthropic/claude-haiku-5-5': { ...claude(0.1, 0.5), long: { over: 100_000, ...claude(0.5, 2.5) } },
  'anthropic/claude-haiku-4-5': claude(1, 5),
  'openai/gpt-5.4': { input: 2.5, output: 15, cacheRead: 0.25 },
  'openai/gpt-5.2': { input: 1.75, output: 14, cacheRead: 0.175 },
  'openai/gpt-5.1': { input: 1.25, output: 10, cacheRead: 0.125 },
  'openai/gpt-5': { input: 1.25, output: 10, cacheRead: 0.125 },
  'openai/gpt-5-mini': { input: 0.25, output: 2, cacheRead: 0.025 },
  'openai/gpt-5-nano': { input: 0.05, output: 0.4, cacheRead: 0.005 },
  'openai/gpt-4.1': { input: 2, output: 8, cacheRead: 0.5 },
  'openai/gpt-4.1-mini': { input: 0.4, output: 1.6, cacheRead: 0.1 },
  'openai/gpt-4.1-nano': { input: 0.1, output: 0.4, cacheRead: 0.025 },
  'openai/gpt-4o': { input: 2.5, output: 10, cacheRead: 1.25 },
  'openai/gpt-4o-mini': { input: 0.15, output: 0.6, cacheRead: 0.075 },
}

/** Tokens of one call; `input` counts the cached ones too. */
export interface Tokens {
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
}

/** The listed price of `provider/name`; a dated name (`…-20251001`, `…-2025-08-07`) costs what its alias does. */
export const listedPrice = (id: string): Price | null => PRICES[id] ?? PRICES[id.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, '')] ?? null

/** US dollars of one call, null when the price is not known. */
export function costOf(listed: Price | null, tokens: Tokens): number | null {
  if (!listed) return null
  const { long } = listed as ListedPrice
  const price = long && tokens.input > long.over ? long : listed
  const fresh = Math.max(0, tokens.input - tokens.cacheRead - tokens.cacheWrite)
  const dollars =
    fresh * price.input +
    tokens.cacheRead * (price.cacheRead ?? price.input) +
    tokens.cacheWrite * (price.cacheWrite ?? price.input) +
    tokens.output * price.output
  return dollars / 1_000_000
}
