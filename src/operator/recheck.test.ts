import { describe, expect, test } from 'vitest'
import { createRecheck } from './recheck.ts'
import { createReferences } from './references.ts'

describe('when to look again', () => {
  test('soon at what is missing, rarely at what is there, never at what costs nothing', () => {
    const recheck = createRecheck()
    expect(recheck.after('a', 0, true)).toBeUndefined()
    const missing = recheck.after('a', 1, true)!
    expect(missing).toBeGreaterThanOrEqual(4_500)
    expect(missing).toBeLessThanOrEqual(5_500)
    const present = recheck.after('a', 1, false)!
    expect(present).toBeGreaterThanOrEqual(540_000)
    expect(present).toBeLessThanOrEqual(660_000)
  })

  test.each([
    ['missing', true],
    ['there', false],
  ])('2,000 objects of which something is %s cost less than half a request a second', (_, missing) => {
    const recheck = createRecheck()
    for (let round = 0; round < 2; round++) for (let i = 0; i < 2_000; i++) recheck.after(`w${i}`, 3, missing)
    let perSecond = 0
    for (let i = 0; i < 2_000; i++) perSecond += 3_000 / recheck.after(`w${i}`, 3, missing)!
    expect(perSecond).toBeLessThan(0.3)
  })

  test('the others wait less when some are gone', () => {
    const recheck = createRecheck()
    for (let i = 0; i < 100; i++) recheck.after(`w${i}`, 1, true)
    for (let i = 1; i < 100; i++) recheck.forget(`w${i}`)
    recheck.forget('never there')
    expect(recheck.after('w0', 1, true)!).toBeLessThanOrEqual(5_500)
  })
})

test('references know who names whom, as it is now', () => {
  const references = createReferences()
  references.set('Source a', ['Workflow x'])
  references.set('Source b', ['Workflow x', 'Sink y'])
  expect(references.referrers('Workflow x')).toEqual(['Source a', 'Source b'])
  references.set('Source a', ['Workflow z'])
  references.set('Source b', [])
  expect(references.referrers('Workflow x')).toEqual([])
  expect(references.referrers('Workflow z')).toEqual(['Source a'])
})
