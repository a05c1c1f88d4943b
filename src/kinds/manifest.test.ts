import { describe, expect, test } from 'vitest'
import { expressionProblems, lookupIn, referenceProblems, secretRefs } from './acceptance.ts'
import { parseManifests } from './manifest.ts'
import { fieldPath, problemText } from './problem.ts'
import { secretValues, type SecretManifest } from './secret-manifest.ts'
import type { Sink } from './sink.ts'
import type { Source } from './source.ts'
import type { Workflow } from './workflow.ts'

const HEAD = 'apiVersion: inquest.dev/v1alpha1\nmetadata: {name: x}\n'
const said = (text: string): string[] => parseManifests(text, 'f.yaml').problems.map(problemText)
const objectOf = <T>(text: string): T => parseManifests(HEAD + text, 'f.yaml').objects[0]!.object as T

describe('a bad manifest is refused with file, line, field and remedy', () => {
  test.each([
    ['kind: Sink\nspec:\n  webhok: {url: x}', 'f.yaml:5: Sink default/x: spec.webhok: unknown field. Did you mean webhook?'],
    ['kind: Sink\nspec:\n  stdout: {colour: 1}', 'f.yaml:5: Sink default/x: spec.stdout.colour: unknown field. Known here: format.'],
    [
      'kind: Sink\nspec:\n  pagerduty: {}',
      'f.yaml:5: Sink default/x: spec.pagerduty: not supported yet. The name is kept for a later version; leave it out.',
    ],
    ['kind: Sink\nspec: {}', 'f.yaml:4: Sink default/x: spec: exactly one of stdout, webhook, slack, alertmanager must be set'],
    [
      'kind: Sink\nspec:\n  stdout:',
      'f.yaml:4: Sink default/x: spec: exactly one of stdout, webhook, slack, alertmanager must be set. `stdout:` with nothing behind it is not set; write `stdout: {}`.',
    ],
    [
      'kind: Sink\nspec:\n  webhook:\n    url: ftp://x',
      'f.yaml:6: Sink default/x: spec.webhook.url: "ftp://x" does not have the right form. Write it in full, such as https://host.example/path.',
    ],
    [
      'kind: Sink\nspec:\n  webhook:\n    url: http://x\n    timeout: 10',
      'f.yaml:7: Sink default/x: spec.webhook.timeout: 10 is not a text. Write a number with a unit: 500ms, 30s, 5m, 1h30m, 7d.',
    ],
    [
      'kind: Sink\nspec:\n  webhook:\n    url: http://x\n    headers:\n    - {name: A, value: 5}',
      'f.yaml:8: Sink default/x: spec.webhook.headers[0].value: 5 is not a text. Put it in quotes: "5".',
    ],
    [
      'kind: Sink\nspec:\n  stdout: {format: txt}',
      'f.yaml:5: Sink default/x: spec.stdout.format: "txt" is not allowed. Did you mean text?',
    ],
    [
      'kind: Source\nspec:\n  alertmanager: {}\n  workflowRef: {name: w}',
      'f.yaml:4: Source default/x: spec: auth is missing: say how a sender proves who it is, or `none: {}`',
    ],
    [
      'kind: Source\nspec:\n  alertmanager: {}\n  auth: {none: {}}\n  workflowRef: w',
      'f.yaml:7: Source default/x: spec.workflowRef: "w" is not an object. Write name: w below it.',
    ],
    [
      'kind: Workflow\nspec:\n  steps: []',
      'f.yaml:5: Workflow default/x: spec.steps: must have at least 1 entry. What to do, in this order.',
    ],
    [
      'kind: Workflow\nspec:\n  steps:\n  - {name: a, diagnose: {}}\n  - {name: a, diagnose: {}}',
      `f.yaml:7: Workflow default/x: spec.steps[1].name: "a" names two steps; a step's name is unique`,
    ],
    [
      'kind: Workflow\nspec:\n  timeout: 10 min\n  steps: [{name: a, diagnose: {}}]',
      'f.yaml:5: Workflow default/x: spec.timeout: "10 min" does not have the right form. Write a number with a unit: 500ms, 30s, 5m, 1h30m, 7d.',
    ],
    [
      'kind: Workflow\nspec:\n  steps:\n  - name: a\n    approval: {}',
      'f.yaml:7: Workflow default/x: spec.steps[0].approval: not supported yet. The name is kept for a later version; leave it out.',
    ],
    ['kind: Sourc\nspec: {}', "f.yaml:3: kind: Sourc (inquest.dev/v1alpha1) is none of Inquest's kinds. Did you mean Source?"],
    [
      'kind: Investigation\nspec: {}',
      'f.yaml:3: kind: an Investigation is not read from a folder. Run `inquest investigate`, or create it in the cluster.',
    ],
  ])('%j', (text, expected) => expect(said(HEAD + text)).toEqual([expected]))

  test.each([
    [
      'apiVersion: v1\nkind: ConfigMap',
      "f.yaml:2: kind: ConfigMap (v1) is none of Inquest's kinds. Inquest reads Source, Workflow, Sink and Secret; keep other objects in another folder.",
    ],
    [
      'apiVersion: inquest.dev/v1\nkind: Source',
      'f.yaml:1: apiVersion: "inquest.dev/v1" is not supported. Write apiVersion: inquest.dev/v1alpha1.',
    ],
    [
      'apiVersion: argoproj.io/v1alpha1\nkind: Workflow',
      "f.yaml:1: apiVersion: Workflow of argoproj.io/v1alpha1 is none of Inquest's kinds. Inquest's Workflow is apiVersion: inquest.dev/v1alpha1.",
    ],
    ['kind: Sink', 'f.yaml:1: apiVersion: missing. Write apiVersion: inquest.dev/v1alpha1.'],
    ['spec: {}', 'f.yaml:1: kind: missing. Inquest reads Source, Workflow, Sink (apiVersion inquest.dev/v1alpha1) and Secret (v1).'],
    ['- a\n- b', 'f.yaml:1: not an object. A manifest begins with apiVersion: inquest.dev/v1alpha1 and a kind.'],
    ['a: [\nb: 1', expect.stringMatching(/^f\.yaml:[12]: not valid YAML: .+\. Check the indentation and the quotes near this line\.$/)],
    ['a: 1\na: 2', expect.stringMatching(/^f\.yaml:[12]: not valid YAML: Map keys must be unique/)],
    [
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: "not base64!"}',
      expect.stringMatching(/^f\.yaml:4: Secret default\/s: data\.k: "not base64!" does not have the right form\. Encode it as base64/),
    ],
    [`a: ${'x'.repeat(1_100_000)}`, expect.stringMatching(/^f\.yaml:1: larger than 1048576 bytes/)],
  ])('%.60j', (text, expected) => {
    const [first, ...others] = said(text)
    expect(first).toEqual(expected)
    expect(others).toEqual([])
  })

  test('a bomb of aliases is refused, not unfolded', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...['b', 'c', 'd', 'e', 'f', 'g'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[i]}`).join(',')}]`),
    ].join('\n')
    expect(said(bomb)).toEqual([expect.stringContaining('not readable')])
  })
})

test('good documents of a file stand beside bad ones; namespaces are filled in; empty documents are nothing', () => {
  const text = `---\n---\n${HEAD}kind: Sink\nspec: {stdout: {}}\n---\n# only a comment\n---\n${HEAD}kind: Sink\nspec: {}\n---\n{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"ops"},"type":"Opaque","data":{"a":"aGk="},"stringData":{"b":"c"}}`
  const { objects, problems } = parseManifests(text, 'f.yaml')
  expect(objects.map(({ title }) => title)).toEqual(['Sink default/x', 'Secret ops/s'])
  expect(objects[0]!.object.metadata.namespace).toBe('default')
  expect(problems).toHaveLength(1)
  expect([...secretValues(objects[1]!.object as SecretManifest)]).toEqual([
    ['a', 'hi'],
    ['b', 'c'],
  ])
})

describe('what a schema cannot say', () => {
  const SPEC = 'kind: Source\nspec: {alertmanager: {}, auth: {none: {}}, workflowRef: {name: w}'
  const SCHEDULE = 'kind: Source\nspec: {workflowRef: {name: w}, schedule:'
  test.each([
    [`${SPEC}, filter: "alrt.x"}`, 'spec.filter', 'Unknown variable: alrt', 'Did you mean alert?'],
    [`${SPEC}, filter: "alert."}`, 'spec.filter', 'column 7', ''],
    [`${SPEC}, filter: "steps.a"}`, 'spec.filter', 'Unknown variable: steps', 'The names here are alert.'],
    [`${SCHEDULE} {cron: "0 25 * * *"}}`, 'spec.schedule.cron', 'Invalid value for hour: 25', 'Write minute, hour'],
    [`${SCHEDULE} {cron: "0 3 31 2 *"}}`, 'spec.schedule.cron', 'never comes', 'day of the month'],
    [`${SCHEDULE} {cron: "@daily", timeZone: Berlin}}`, 'spec.schedule.timeZone', 'no time zone', 'Europe/Berlin'],
    [`${SCHEDULE} {cron: "*/5 * * * *", jitter: 5m}}`, 'spec.schedule.jitter', 'not shorter than', 'Write less than 5m.'],
    [
      'kind: Source\nspec: {kubernetes: {selector: "app in web"}, workflowRef: {name: w}}',
      'spec.kubernetes.selector',
      'app in web',
      'tier in (a,b)',
    ],
    [
      'kind: Source\nspec: {webhook: {mapping: {labels: {a: "body.x"}}}, auth: {none: {}}, workflowRef: {name: w}}',
      'spec.webhook.mapping.labels[a]',
      'Unknown variable: body',
      'item, headers',
    ],
    ['kind: Sink\nspec: {stdout: {}, when: "1 + 1"}', 'spec.when', 'not true or false', 'Compare'],
    ['kind: Sink\nspec: {stdout: {}, template: "{{ resul }}"}', 'spec.template', 'unknown variable: resul', 'Did you mean result?'],
    [
      'kind: Workflow\nspec: {steps: [{name: a, diagnose: {}}, {name: b, when: "((", diagnose: {}}]}',
      'spec.steps[1].when',
      'Unexpected',
      '',
    ],
    [
      'kind: Workflow\nspec: {steps: [{name: a, notify: {sinkRef: {name: s}, message: "{% x %}"}}]}',
      'spec.steps[0].notify.message',
      'tag "x" not found',
      '',
    ],
    [
      'kind: Workflow\nspec: {steps: [{name: a, diagnose: {}}], outputs: [{name: o, expression: "foo()"}]}',
      'spec.outputs[0].expression',
      'no matching overload',
      '',
    ],
    [
      'kind: Workflow\nspec: {steps: [{name: a, diagnose: {}}], sinks: [{sinkRef: {name: s}, when: "nope"}]}',
      'spec.sinks[0].when',
      'Unknown variable: nope',
      '',
    ],
  ])('%s', (text, field, message, remedy) => {
    const problems = expressionProblems(objectOf(text))
    expect(problems).toEqual([{ field, message: expect.stringContaining(message), remedy: expect.stringContaining(remedy) }])
  })

  test('references stay within a namespace and lead somewhere', () => {
    const source = objectOf<Source>(`${SPEC}}`)
    const workflow = objectOf<Workflow>(
      'kind: Workflow\nspec: {steps: [{name: a, notify: {sinkRef: {name: x}}}, {name: b, notify: {sinkRef: {name: gone}}}], sinks: [{sinkRef: {name: gone}}]}',
    )
    const sink = objectOf<Sink>('kind: Sink\nspec: {stdout: {}}')
    const elsewhere = { ...workflow, metadata: { name: 'w', namespace: 'other' } }
    const others = lookupIn({ sources: [source], workflows: [workflow, elsewhere], sinks: [sink] })
    expect(referenceProblems(source, others).map(problemText)).toEqual([
      'spec.workflowRef.name: there is no Workflow default/w. Create it in namespace default, or name another one; references stay within a namespace.',
    ])
    expect(referenceProblems(workflow, others).map(({ field }) => field)).toEqual([
      'spec.steps[1].notify.sinkRef.name',
      'spec.sinks[0].sinkRef.name',
    ])
    expect(referenceProblems(sink, others)).toEqual([])
  })

  test('the Secrets an object needs', () => {
    const sink = objectOf<Sink>(
      'kind: Sink\nspec: {webhook: {urlSecretKeyRef: {name: a, key: b}, hmac: {secretKeyRef: {name: c, key: d}}, headers: [{name: X, value: "1"}, {name: Y, valueFrom: {secretKeyRef: {name: e, key: f}}}]}}',
    )
    expect(secretRefs(sink)).toEqual([
      { field: 'spec.webhook.urlSecretKeyRef', name: 'a', key: 'b' },
      { field: 'spec.webhook.hmac.secretKeyRef', name: 'c', key: 'd' },
      { field: 'spec.webhook.headers[1].valueFrom.secretKeyRef', name: 'e', key: 'f' },
    ])
    expect(secretRefs(objectOf<Source>(SPEC.replace('none: {}', 'bearer: {secretKeyRef: {name: t, key: k}}') + '}'))).toEqual([
      { field: 'spec.auth.bearer.secretKeyRef', name: 't', key: 'k' },
    ])
  })
})

test.each([
  [['spec', 'steps', 0, 'when'], 'spec.steps[0].when'],
  [['spec', 'params', 'a.b'], 'spec.params["a.b"]'],
  [[], ''],
])('%j is %s', (path, expected) => expect(fieldPath(path)).toBe(expected))
