import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compare } from './compare.ts'
import { lookEveryWay } from './looks.ts'
import { PICKED } from './picked.ts'

const SCENARIOS = join(import.meta.dirname, '../../scenarios')

describe.concurrent('the verdict is the same live and from bundles, and right', () => {
  test.each(PICKED)('%s', { timeout: 180_000 }, async (name) => {
    const { said, verdict } = compare(await lookEveryWay(join(SCENARIOS, name), () => {}))
    expect(said.bundle, 'from the bundle, against live').toBe(said.live)
    expect(said.own, 'from the own bundle, against live').toBe(said.live)
    expect(verdict).toBe('right')
  })
})
