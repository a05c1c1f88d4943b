import { describe, expect, test } from 'vitest'
import type { Cause } from '#kinds/result'
import { parseExpected } from './expected.ts'
import { judge } from './judge.ts'

/** `Deployment shop/web: spec.replicas` → a cause with that object and field. */
function cause(text: string): Cause {
  const [, kind = '', namespace = null, name = '', field = null] = /^(\w+) (?:([\w-]+)\/)?([\w-]+)(?:: (.+))?$/.exec(text) ?? []
  const object = { apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, namespace, name }
  return { id: text, by: 'diagnosis', rule: 'r', summary: text, object, field, confidence: 0.9, explains: [], cites: [] }
}

/** What the diagnosis says: the root cause, then alternatives, then other problems. */
const said = (root: string | null, alternatives: string[] = [], problems: string[] = []) => ({
  rootCause: root === null ? null : cause(root),
  alternatives: alternatives.map(cause),
  problems: [...(root === null ? [] : [root]), ...problems].map(cause),
})

const WEB = 'object: {apiVersion: apps/v1, kind: Deployment, namespace: shop, name: web}'
const [RIGHT, OTHER] = ['Deployment shop/web: spec.replicas', 'Service shop/web: spec.selector.app']

describe('a fault', () => {
  test.each([
    ['the object and the field', `${WEB}\nfield: spec.replicas`, said(RIGHT), 'right'],
    ['the object alone, when no field is asked for', WEB, said(RIGHT), 'right'],
    ['the object with a field, when none may be named', `${WEB}\nfield: null`, said(RIGHT), 'wrong'],
    ['another version of the same group', `${WEB.replace('apps/v1', 'apps/v1beta2')}\nfield: spec.replicas`, said(RIGHT), 'right'],
    ['an object of another group', WEB.replace('apps/v1', 'extensions/v1beta1'), said(RIGHT), 'wrong'],
    ['any group, when none is named', WEB.replace('apiVersion: apps/v1, ', ''), said(RIGHT), 'right'],
    ['another namespace', WEB.replace('shop', 'bank'), said(RIGHT), 'wrong'],
    ['another field', `${WEB}\nfield: spec.paused`, said(RIGHT), 'wrong'],
    ['a cluster-scoped object', 'object: {apiVersion: v1, kind: Node, name: n1}', said('Node n1'), 'right'],
    [
      'a field written with quotes',
      `object: {kind: Service, namespace: shop, name: web}\nfield: spec.selector["app"]`,
      said(OTHER),
      'right',
    ],
    ['one of several right answers', `${WEB}\nfield: spec.paused\nanyOf:\n- {${WEB}, field: spec.replicas}`, said(RIGHT), 'right'],
    ['the right one as an alternative', `${WEB}\nfield: spec.replicas`, said(OTHER, [RIGHT]), 'in-three'],
    ['the right one as another problem', `${WEB}\nfield: spec.replicas`, said(OTHER, [], [RIGHT]), 'in-three'],
    ['the right one as the fourth', `${WEB}\nfield: spec.replicas`, said(OTHER, ['Node n1', 'Node n2'], [RIGHT]), 'wrong'],
    ['the right one as a problem that is not called the root cause', `${WEB}\nfield: spec.replicas`, said(null, [], [RIGHT]), 'in-three'],
    ['nothing', WEB, said(null), 'wrong'],
    ['no result at all', WEB, null, 'wrong'],
  ] as const)('%s', (_, expected, result, verdict) => {
    expect(judge(result, parseExpected(expected, 'expected.yaml'))).toBe(verdict)
  })
})

describe('a healthy cluster', () => {
  const healthy = parseExpected('healthy: true', 'expected.yaml')
  test.each([
    ['no root cause', said(null), 'right'],
    ['problems, of which none is called the root cause', said(null, [], [OTHER]), 'right'],
    ['any root cause', said(RIGHT), 'false-cause'],
  ] as const)('%s', (_, result, verdict) => expect(judge(result, healthy)).toBe(verdict))
})

test('where nobody says what is right, nothing is judged', () => expect(judge(said(RIGHT), null)).toBe('unjudged'))

test.each([
  ['a misspelt key', `${WEB}\nfeild: spec.replicas`],
  ['an object and healthy', `${WEB}\nhealthy: true`],
  ['neither', 'family: admission'],
  ['a field of nothing', 'healthy: true\nfield: spec.replicas'],
  ['text', 'the Deployment'],
  ['broken YAML', '{'],
])('%s is refused with the name of the file', (_, text) => {
  expect(() => parseExpected(text, 'cases/a/expected.yaml')).toThrow(/cases\/a\/expected\.yaml/)
})
