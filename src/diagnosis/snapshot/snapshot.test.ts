import { describe, expect, it } from 'vitest'
import { configMap, container, edited, object } from '../fixtures.ts'
import { editsOf } from './edits.ts'
import { containerField, entry, patchOf, touches } from './field-path.ts'
import { hostsIn, serviceOfHost } from './hosts.ts'
import { quantity } from './quantity.ts'
import { distance, matchesSelector, nearest } from './selectors.ts'
import { holdsWord } from './settings.ts'
import { diff } from './template-diff.ts'

const changed = (before: object, after: object) =>
  diff({ containers: [before] }, { containers: [after] }, 'spec').map((c) => [c.field, c.before, c.after])

describe('what differs between two templates', () => {
  it.each<[string, object, object, unknown[]]>([
    ['nothing', container(), container(), []],
    ['a value', container(), container({ image: 'x' }), [['spec.containers[name=app].image', 'registry.example/app:1.0', 'x']]],
    [
      'a variable, by its name and not its place',
      container({
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
      container({
        env: [
          { name: 'B', value: '3' },
          { name: 'A', value: '1' },
        ],
      }),
      [['spec.containers[name=app].env[name=B].value', '2', '3']],
    ],
    [
      'a variable that is gone',
      container({ env: [{ name: 'A', value: '1' }] }),
      container({ env: [] }),
      [['spec.containers[name=app].env[name=A]', { name: 'A', value: '1' }, undefined]],
    ],
    ['an argument', container({ args: ['a', 'b'] }), container({ args: ['a', 'c'] }), [['spec.containers[name=app].args[1]', 'b', 'c']]],
    [
      'an argument put between others',
      container({ args: ['a', 'b'] }),
      container({ args: ['a', 'x', 'b'] }),
      [['spec.containers[name=app].args[1]', undefined, 'x']],
    ],
    [
      'a list without keys, by index',
      container({ envFrom: [{ configMapRef: { name: 'a' } }] }),
      container({ envFrom: [{ configMapRef: { name: 'b' } }] }),
      [['spec.containers[name=app].envFrom[0].configMapRef.name', 'a', 'b']],
    ],
    [
      'a map that is new, leaf by leaf',
      container(),
      container({ resources: { limits: { memory: '1Gi' } } }),
      [['spec.containers[name=app].resources.limits.memory', undefined, '1Gi']],
    ],
    [
      'a value that became a reference',
      container({ env: [{ name: 'A', value: '1' }] }),
      container({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }),
      [
        ['spec.containers[name=app].env[name=A].value', '1', undefined],
        ['spec.containers[name=app].env[name=A].valueFrom.secretKeyRef.key', undefined, 'k'],
        ['spec.containers[name=app].env[name=A].valueFrom.secretKeyRef.name', undefined, 's'],
      ],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(changed(before, after)).toEqual(expected)
  })

  it('leaves out what every roll-out writes', () => {
    const template = (at: string) => ({
      metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at }, labels: { 'pod-template-hash': at } },
    })
    expect(diff(template('1'), template('2'), 'spec')).toEqual([])
  })
})

describe('field paths', () => {
  it('stand in brackets where a key is no plain word', () => {
    expect([entry('data', 'A_B'), entry('data', 'app.yaml'), entry('spec.hard', 'requests.cpu')]).toEqual([
      'data.A_B',
      'data[app.yaml]',
      'spec.hard[requests.cpu]',
    ])
  })

  it.each([
    ['Deployment', 'spec.template.spec.containers[name=a].image'],
    ['CronJob', 'spec.jobTemplate.spec.template.spec.containers[name=a].image'],
    ['Pod', 'spec.containers[name=a].image'],
  ])('begin where a %s keeps its pod', (kind, expected) => {
    expect(containerField(object('v1', kind, 'x', { spec: {} }), 'a', 'image')).toBe(expected)
  })

  it('become patches, unless a list index is in the way', () => {
    expect(patchOf('spec.template.spec.containers[name=a].env[name=B].value', 'c')).toBe(
      '{"spec":{"template":{"spec":{"containers":[{"name":"a","env":[{"name":"B","value":"c"}]}]}}}}',
    )
    expect(patchOf('spec.selector[app.kubernetes.io/name]', 'c')).toBe('{"spec":{"selector":{"app.kubernetes.io/name":"c"}}}')
    expect(patchOf('spec.containers[name=a].args[0]', 'c')).toBeNull()
  })

  it('touch each other when one lies within the other', () => {
    expect([touches('a.b', 'a.b.c'), touches('a.b[0]', 'a.b'), touches('a.b', 'a.bc'), touches('a.b', 'a.c')]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

describe('edits by hand', () => {
  it('are the fields of whoever wrote later', () => {
    const map = configMap('web', { MODE: 'x', 'app.yaml': 'y' }, edited({ 'f:data': { 'f:MODE': {}, 'f:app.yaml': {} } }))
    expect(editsOf(map).map((e) => [e.field, e.after, e.how])).toEqual([
      ['data.MODE', 'x', 'written by kubectl-edit'],
      ['data[app.yaml]', 'y', 'written by kubectl-edit'],
    ])
  })

  it('name list items by their keys', () => {
    const deployment = object('apps/v1', 'Deployment', 'web', {
      metadata: edited({ 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } } } }),
      spec: { template: { spec: { containers: [{ name: 'app', image: 'i' }] } } },
    })
    expect(editsOf(deployment).map((e) => [e.field, e.after])).toEqual([['spec.template.spec.containers[name=app].image', 'i']])
  })
})

describe('words and names', () => {
  it.each<[string, string, boolean]>([
    ['redis:6379', 'redis', true],
    ['redis-v2:6379', 'redis', false],
    ['my.redis', 'redis', false],
    ['redis.prod.svc', 'redis', false],
    ['--port=80', '-port', true],
    ['a sentence about redis.', 'redis', true],
    ['', '', false],
  ])('"%s" holds %s: %s', (text, word, expected) => {
    expect(holdsWord(text, word)).toBe(expected)
  })

  it('finds hosts in what programs are told', () => {
    const hosts = (text: string) => hostsIn(text).map((h) => `${h.host}:${h.port}`)
    expect(hosts('postgres://user:pw@db.shop.svc:5432/orders?x=1')).toContain('db.shop.svc:5432')
    expect(hosts('jdbc:mysql://mysql:3306/a')).toContain('mysql:3306')
    expect(serviceOfHost('db.shop.svc.cluster.local', 'x')).toEqual({ name: 'db', namespace: 'shop' })
    expect(serviceOfHost('10.0.0.1', 'x')).toBeNull()
  })

  it('guesses what was meant', () => {
    expect(nearest('postgrs', ['postgres', 'redis'])).toBe('postgres')
    expect(nearest('ledger-db-v2', ['ledger-db', 'cart'])).toBe('ledger-db')
    expect(nearest('abc', ['xyz'])).toBeUndefined()
    expect(distance('kitten', 'sitting', 9)).toBe(3)
  })

  it.each<[string, number | null]>([
    ['500m', 0.5],
    ['1Gi', 2 ** 30],
    ['2', 2],
    ['1e3', 1000],
    ['x', null],
  ])('reads the quantity %s', (text, expected) => {
    expect(quantity(text)).toBe(expected)
  })

  it('selects as the API server does', () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }
    expect([
      matchesSelector(selector, {}),
      matchesSelector(selector, { a: '1' }),
      matchesSelector({}, {}),
      matchesSelector(null, {}),
    ]).toEqual([true, false, true, false])
  })
})
