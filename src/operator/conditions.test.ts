import { describe, expect, test } from 'vitest'
import { answersOf, nextStatus, type Judgement } from './conditions.ts'

const problem = (field: string, message: string, remedy = '') => ({ field, message, remedy })
const NOTHING: Judgement = { spec: [], references: [], findings: [], inForce: null, works: 'It works.' }

describe('the two conditions say', () => {
  test.each<[string, Partial<Judgement>, [string, string, string], [string, string, string]]>([
    ['that all is well', {}, ['True', 'Accepted', 'The spec can be used.'], ['True', 'Ready', 'It works.']],
    [
      'what is wrong with the spec, before references',
      { spec: [problem('spec.filter', 'no CEL', 'Mend it.'), problem('spec.x', 'unknown')], references: [problem('a', 'b')] },
      ['False', 'InvalidSpec', 'spec.filter: no CEL. Mend it. spec.x: unknown.'],
      ['False', 'NotAccepted', 'spec.filter: no CEL. Mend it. spec.x: unknown.'],
    ],
    [
      'what stays in force meanwhile',
      { spec: [problem('spec.filter', 'no CEL')], inForce: 3 },
      ['False', 'InvalidSpec', 'spec.filter: no CEL. Generation 3 stays in force until then.'],
      ['False', 'NotAccepted', 'spec.filter: no CEL. Generation 3 stays in force until then.'],
    ],
    [
      'which reference leads nowhere',
      { references: [problem('spec.workflowRef.name', 'there is no Workflow shop/x', 'Create it.')] },
      ['False', 'ReferenceNotFound', 'spec.workflowRef.name: there is no Workflow shop/x. Create it.'],
      ['False', 'NotAccepted', 'spec.workflowRef.name: there is no Workflow shop/x. Create it.'],
    ],
    [
      'what keeps it from its work: the first gives the reason, all are told',
      {
        findings: [
          { reason: 'Suspended', problem: problem('spec.suspend', 'it takes no alerts') },
          { reason: 'SecretNotReady', problem: problem('spec.auth', 'no Secret') },
        ],
      },
      ['True', 'Accepted', 'The spec can be used.'],
      ['False', 'Suspended', 'spec.suspend: it takes no alerts. spec.auth: no Secret.'],
    ],
    [
      'what is worth a note, without a no',
      { findings: [{ reason: 'RightsMissing', problem: problem('', 'it may not list events'), isNote: true }] },
      ['True', 'Accepted', 'The spec can be used.'],
      ['True', 'Ready', 'It works. it may not list events.'],
    ],
  ])('%s', (_, judgement, accepted, ready) => {
    const answers = answersOf({ ...NOTHING, ...judgement })
    expect(answers.map(({ status, reason, message }) => [status, reason, message])).toEqual([accepted, ready])
    expect(answers.map(({ type }) => type)).toEqual(['Accepted', 'Ready'])
  })

  test('no more than people read', () => {
    const [accepted] = answersOf({ ...NOTHING, spec: Array.from({ length: 1_000 }, (_, i) => problem(`spec.steps[${i}]`, 'wrong')) })
    expect(accepted!.message).toHaveLength(4_096)
    expect(accepted!.message.endsWith('…')).toBe(true)
  })
})

describe('the next status', () => {
  const answers = answersOf(NOTHING)
  const first = nextStatus({}, answers, 1, new Date('2026-01-01T00:00:00.123Z'))!
  const later = new Date('2026-01-02T00:00:00Z')

  test('of a new object has the time of the first judgement, in whole seconds as metav1 has it', () => {
    expect(first.observedGeneration).toBe(1)
    expect(first.conditions![0]).toEqual({
      type: 'Accepted',
      status: 'True',
      reason: 'Accepted',
      message: 'The spec can be used.',
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    })
  })

  test('is none when the object says so already', () => {
    expect(nextStatus(first, answers, 1, later)).toBeNull()
  })

  test('takes no notice of what others write', () => {
    const others = { ...first, conditions: [{ ...first.conditions![0]!, type: 'Theirs', status: 'False' as const }, ...first.conditions!] }
    expect(nextStatus(others, answers, 1, later)).toBeNull()
  })

  test.each<[string, Parameters<typeof nextStatus>[0], number, string]>([
    ['keeps the time when only the generation moved', first, 2, '2026-01-01T00:00:00Z'],
    [
      'keeps the time when only the words changed',
      { ...first, conditions: first.conditions!.map((one) => ({ ...one, message: 'other words' })) },
      1,
      '2026-01-01T00:00:00Z',
    ],
    [
      'moves the time when the status changed',
      { ...first, conditions: first.conditions!.map((one) => ({ ...one, status: 'False' as const })) },
      1,
      '2026-01-02T00:00:00Z',
    ],
    ['is written anew when somebody wiped it', { observedGeneration: 1 }, 1, '2026-01-02T00:00:00Z'],
  ])('%s', (_, before, generation, time) => {
    const next = nextStatus(before, answers, generation, later)!
    expect(next.observedGeneration).toBe(generation)
    expect(next.conditions!.map((one) => [one.lastTransitionTime, one.observedGeneration])).toEqual([
      [time, generation],
      [time, generation],
    ])
  })
})
