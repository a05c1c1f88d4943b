import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Result } from '#kinds/result'
import { inquest } from './inquest.ts'

const scenario = (name: string, file: string): string => join(import.meta.dirname, '../scenarios', name, file)
const look = (...args: string[]) => inquest(['investigate', '--bundle', scenario('checkout-rollout', 'bundle.tgz'), ...args])

describe('inquest investigate', () => {
  const expected = parse(readFileSync(scenario('checkout-rollout', 'expected.yaml'), 'utf8'))

  test.each([
    ['the workload that the alert is about', ['deployment/checkout', '-n', 'shop']],
    ['the alert itself', ['--alert', scenario('checkout-rollout', 'alert.json')]],
    ['a namespace', ['-n', 'shop']],
    ['everything', []],
  ])("finds the culprit from %s, as JSON of the result's schema", async (_, args) => {
    const { code, out, err } = await look(...args, '-o', 'json')
    expect(err).toBe('')
    expect(code).toBe(0)
    const result = Result.parse(JSON.parse(out))
    expect(result.rootCause).toMatchObject({ object: expected.object, field: expected.field })
    expect(result.problems).toHaveLength(1)
    expect(result.recommendations[0]?.command).toBe('kubectl rollout undo deployment/payments -n shop')
  })

  test('takes the alert from standard input', async () => {
    const args = ['investigate', '--bundle', scenario('checkout-rollout', 'bundle.tgz'), '--alert', '-', '-o', 'yaml']
    const { code, out } = await inquest(args, { input: readFileSync(scenario('checkout-rollout', 'alert.json'), 'utf8') })
    expect(code).toBe(0)
    expect(Result.parse(parse(out)).target).toMatchObject({ kind: 'Deployment', namespace: 'shop', name: 'checkout' })
  })

  test('gives the same bytes for the same input, usage aside', async () => {
    const [a, b] = await Promise.all([look('-o', 'json'), look('-o', 'json')])
    const bare = (text: string) => JSON.stringify({ ...JSON.parse(text), usage: null })
    expect(bare(a.out)).toBe(bare(b.out))
  })

  test('prints plain text without escape codes when nobody watches', async () => {
    const { out } = await look('deployment/checkout', '-n', 'shop')
    expect(out).toContain('Deployment shop/payments')
    expect(out).toContain('$ kubectl rollout undo deployment/payments -n shop')
    expect(out).not.toContain('\u001B')
  })

  test.each([
    ['a target that is no KIND/NAME', ['web'], 'KIND/NAME'],
    ['a kind that nobody knows', ['wombat/web'], 'no kind is called "wombat"'],
    ['an object that is not there', ['deployment/web', '-n', 'shop'], 'there is no Deployment shop/web'],
    ['a bundle and a context', ['--context', 'prod'], '--bundle'],
    ['an alert file that is not there', ['--alert', '/nowhere/alert.json'], 'cannot read /nowhere/alert.json'],
    ['an unknown output', ['-o', 'xml'], 'text, json, yaml, markdown'],
  ])('refuses %s with the remedy, and exits with 2', async (_, args, said) => {
    const { code, out, err } = await look(...args)
    expect(err).toContain(said)
    expect(out).toBe('')
    expect(code).toBe(2)
  })
})
