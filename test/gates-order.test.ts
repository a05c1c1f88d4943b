import { describe, expect, test } from 'vitest'
import { shuffledReader } from './readers/shuffled.ts'
import { held, openScenario, scenarioCases } from './scenarios.ts'

/** The first of the four gates (see gates.test.ts), in a file of its own so that two processors share the work. */
const SHUFFLES = 20

const cases = await scenarioCases()

describe('order: whatever order a cluster is listed in, the result is the same, byte for byte', () => {
  test.each(cases)('$name', (one) =>
    held('order', one, async () => {
      const { look } = await openScenario(one)
      const first = JSON.stringify(await look())
      for (let seed = 1; seed <= SHUFFLES; seed++) expect(JSON.stringify(await look((reader) => shuffledReader(reader, seed)))).toBe(first)
    }),
  )
})
