import { expect, test } from 'vitest'
import { withoutManagedFields } from './managed-fields.ts'

const fields = [
  { manager: 'kubelet', fieldsV1: { 'f:status': { 'k:{"type":"Ready"}': { '.': {} }, 'v:"a]\\"["': {} } } },
  { manager: 'back\\slash\\\\', list: [['[', ']'], []] },
]
const pod = (name: string, more: object = {}) => ({ metadata: { name, ...more }, spec: { args: ['--list=[a]'] } })

test.each<[string, unknown, unknown]>([
  [
    'every list of an answer',
    { items: [pod('a', { managedFields: fields, uid: 'u' }), pod('b', { managedFields: fields })] },
    { items: [pod('a', { managedFields: [], uid: 'u' }), pod('b', { managedFields: [] })] },
  ],
  ['an empty list', pod('a', { managedFields: [] }), pod('a', { managedFields: [] })],
  ['nothing, where there is none', pod('a'), pod('a')],
  [
    'nothing within a string',
    { message: JSON.stringify(pod('a', { managedFields: fields })) },
    { message: JSON.stringify(pod('a', { managedFields: fields })) },
  ],
  [
    'letters of any alphabet',
    pod('ü', { managedFields: [{ manager: '管理者"]' }], note: '✓' }),
    pod('ü', { managedFields: [], note: '✓' }),
  ],
])('empties %s', (_, before, after) => {
  expect(JSON.parse(withoutManagedFields(JSON.stringify(before)))).toEqual(after)
})

test.each(['{"metadata":{"managedFields":[{"manager":"a', '{"metadata":{"managedFields":[{"a":["\\', '"managedFields":['])(
  'leaves a text that is cut off for the parser: %s',
  (text) => {
    expect(withoutManagedFields(text)).toBe(text)
  },
)
