import { expect, test } from 'vitest'
import { closest } from './closest.ts'

test.each([
  ['tmeout', 'timeout'],
  ['Timeout', 'timeout'],
  ['timoeut', 'timeout'],
  ['step', 'steps'],
  ['workflowref', 'workflowRef'],
  ['banana', null],
  ['x', null],
  ['', null],
])('%j means %j', (word, expected) => expect(closest(word, ['timeout', 'steps', 'workflowRef', 'when'])).toBe(expected))
