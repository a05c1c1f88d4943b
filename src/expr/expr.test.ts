import { describe, expect, test } from 'vitest'
import { InputError } from '#kit/errors'
import { compileCondition, compileExpression, compileTemplate } from './expr.ts'

const NAMES = ['alert', 'params', 'result']
const ALERT = { labels: { severity: 'critical', team: 'shop' }, n: 3, half: 2.5, list: [1, 2, 3], text: `${'a'.repeat(50_000)}!` }
const CONTEXT = { alert: ALERT, params: { region: 'eu' } }

/** What an error tells a person: field, message, remedy. */
function refusal(run: () => unknown): { field: string; message: string; remedy: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof InputError) return { field: error.field, message: error.message, remedy: error.remedy }
    throw error
  }
  throw new Error('was not refused')
}

describe('conditions', () => {
  test.each([
    ['alert.labels.severity == "critical"', true],
    ['alert.labels["team"] in ["shop", "pay"]', true],
    ['alert.n == 3 && alert.n + 1 > 3 && alert.half < 3', true],
    ['has(alert.labels.owner)', false],
    ['alert.labels.?owner.orValue("nobody") == "nobody"', true],
    ['alert.list.exists(x, x == 2)', true],
    ['alert.list.filter(x, x > 1).all(x, x < 9)', true],
    ['alert.labels.severity.matches("^(crit|warn)")', true],
    ['["a", "b"].exists(x, x.matches("b"))', true],
    ['result == null', true],
    ['has(alert.constructor) || has(alert.__proto__)', false],
  ])('%s: %s', (text, expected) => expect(compileCondition(text, NAMES)(CONTEXT)).toBe(expected))

  test('a pattern that would take for ever takes no time', () => {
    expect(compileCondition('alert.text.matches("^(a+)+$")', NAMES)(CONTEXT)).toBe(false)
    expect(compileCondition('alert.text.matches(params.pattern)', NAMES)({ ...CONTEXT, params: { pattern: '^(a|a)*$' } })).toBe(false)
  })

  test.each([
    ['alert.', 'column 7: Expected IDENTIFIER, got EOF', 'cel.dev'],
    ['true &&\nalert.n >', 'line 2, column 10', 'cel.dev'],
    ['alrt.labels.x == "y"', 'Unknown variable: alrt', 'Did you mean alert?'],
    ['nonsense == 1', 'Unknown variable: nonsense', 'The names here are alert, params, result.'],
    ['foo(alert)', 'found no matching overload for', 'cel.dev'],
    ['1 + 1', 'gives int and not true or false', 'Compare it'],
    ['"a"', 'gives string and not true or false', 'Compare it'],
    ['alert.list.map(x, alert.list.exists(y, y == x))', 'column 19: `exists` inside another', 'Chain them'],
    ['cel.bind(a, "x", cel.bind(b, a + a, b == a))', 'cel.bind inside cel.bind', 'one name'],
    ['alert.text.split("").join("") == ""', 'split and join', 'template'],
    ['alert.text.matches("(?=a)")', 'column 20: matches:', 'RE2'],
    ['alert.text.matches("(")', 'matches:', 'RE2'],
    ['alert.text.matches()', 'matches needs a pattern', '.matches("pattern")'],
    [`"${'a'.repeat(5_000)}" == ""`, 'longer than 4096', 'Split'],
    [`${'['.repeat(60)}${']'.repeat(60)} == []`, 'depth', 'cel.dev'],
  ])('refuses %j when it is compiled', (text, message, remedy) => {
    const said = refusal(() => compileCondition(text, NAMES, { field: 'spec.when' }))
    expect(said.field).toBe('spec.when')
    expect(said.message.toLowerCase()).toContain(message.toLowerCase())
    expect(said.remedy).toContain(remedy)
  })

  test.each([
    ['alert.labels.owner == "x"', 'No such key: owner', 'has('],
    ['alert.n', 'gives 3 and not true or false', 'Compare'],
    ['result.healthy', 'No such key: healthy', 'has('],
    ['alert.text.matches(params.region + "(")', 'matches:', ''],
    ['(alert.text + alert.text).matches("a")', 'at most 65536', ''],
  ])('says why %j cannot be decided', (text, message, remedy) => {
    const said = refusal(() => compileCondition(text, NAMES, { field: 'f' })(CONTEXT))
    expect(said.message).toContain(message)
    expect(said.remedy).toContain(remedy)
  })
})

describe('expressions give plain JSON', () => {
  test.each([
    ['alert.n + 1', 4],
    ['1 + 1', 2],
    ['10 / 4.0', 2.5],
    ['alert.n / 0', null],
    ['{"a": [1, {"b": 2u}], "c": null}', { a: [1, { b: 2 }], c: null }],
    ['timestamp("2026-08-01T00:00:00Z")', '2026-08-01T00:00:00.000Z'],
    ['duration("1m30s")', '90s'],
    ['b"abc"', 'YWJj'],
    ['alert.?owner', null],
    ['alert.labels', { severity: 'critical', team: 'shop' }],
    ['alert.list.map(x, x * 2)', [2, 4, 6]],
    ['cel.bind(n, size(alert.list), n > 2 ? "many" : "few")', 'many'],
  ])('%s', (text, expected) => expect(compileExpression(text, NAMES)(CONTEXT)).toEqual(expected))

  test('no more than 64 kB', () => {
    expect(refusal(() => compileExpression('alert.list.map(x, alert.text)', NAMES)(CONTEXT)).message).toContain('65536 is the most')
  })
})

describe('templates', () => {
  test.each([
    ['{{ alert.labels.severity | upcase }}: {{ params.region }}', 'CRITICAL: eu'],
    ['{% if alert.labels.owner %}a{% else %}b{% endif %}', 'b'],
    ['{{ alert.labels.owner | default: "nobody" }}', 'nobody'],
    ['{% for x in alert.list %}{{ x }},{% endfor %}', '1,2,3,'],
    ['{% assign n = alert.n | plus: 1 %}{{ n }}', '4'],
    ['{{ alert.labels | json }}', '{"severity":"critical","team":"shop"}'],
    ['{{ alert.call | default: "data, not code" }}', 'data, not code'],
  ])('%s', (text, expected) =>
    expect(compileTemplate(text, NAMES)({ ...CONTEXT, alert: { ...ALERT, call: () => 'called' } })).toBe(expected),
  )

  test.each([
    ['{% if %', 'not closed'],
    ['{% nope %}', 'tag "nope" not found'],
    ['{% include "/etc/passwd" %}', 'tag "include" not found'],
    ['{% render "x" %}', 'tag "render" not found'],
    ['{% layout "x" %}', 'tag "layout" not found'],
    ['{{ alrt.n }}', 'unknown variable: alrt'],
  ])('refuses %j when it is compiled', (text, message) => {
    const said = refusal(() => compileTemplate(text, NAMES, { field: 'spec.template' }))
    expect(said).toMatchObject({ field: 'spec.template', message: expect.stringContaining(message), remedy: expect.stringMatching(/.+/) })
  })

  test.each([
    ['{{ alert.labels.owner }}', 'undefined variable: alert.labels.owner', 'default: ""'],
    ['{{ alert.constructor }}', 'undefined variable: alert.constructor', ''],
    ['{{ alert.n | nope }}', 'undefined filter: nope', ''],
    ['{% for i in (1..1000000000) %}x{% endfor %}', 'limit exceeded', 'Loop over less'],
    ['{% for i in (1..100000) %}{% for j in (1..100000) %}{% endfor %}{% endfor %}', 'limit exceeded', 'Loop over less'],
  ])('says why %j cannot be rendered', (text, message, remedy) => {
    const said = refusal(() => compileTemplate(text)(CONTEXT))
    expect(said.message).toContain(message)
    expect(said.remedy).toContain(remedy)
  })
})
