import { describe, expect, test } from 'vitest'
import { objectText } from '#kinds/result'
import { judge } from '../src/cli/eval/judge.ts'
import { expectedText } from '../src/cli/eval/words.ts'
import { held, openScenario, scenarioCases } from './scenarios.ts'

/** Recorded faults: what is guilty stands beside each bundle in `expected.yaml`, written by who planted it, before the rule. */
const cases = await scenarioCases()

describe('what is guilty is found from the bundle', () => {
  test.each(cases)('$name', (one) =>
    held('miss', one, async () => {
      const { look } = await openScenario(one)
      const found = await look()
      const { rootCause, problems, healthy } = found
      const said = rootCause ? `${objectText(rootCause.object)}: ${rootCause.field}` : healthy ? 'healthy' : 'no root cause'
      expect(judge(found, one.expected), `expected ${expectedText(one.expected!)}, found ${said}`).toBe('right')
      // A decoy is not even a problem.
      const decoys = one.expected!.answers.length === 0 ? problems : []
      expect(decoys.map(({ summary }) => summary)).toEqual([])
    }),
  )
})
