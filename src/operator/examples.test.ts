import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compileCondition, compileExpression, compileTemplate } from '#expr'
import { silentLogger } from '#kit/log'
import { MESSAGE_NAMES } from '#kinds/scopes'
import { compileSource } from '#sources'
import { feedFromFolder } from './operator.ts'

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples')
const folders = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

test('there are examples', () =>
  expect(folders).toEqual(expect.arrayContaining(['quickstart', 'webhook-sink', 'slack', 'alertmanager-silence', 'grouping'])))

/** The keys that the examples' comments tell to put there, and a server with a model of its own. */
const secretsDir = mkdtempSync(join(tmpdir(), 'inquest-secrets-'))
for (const [secret, key] of [
  ['anthropic', 'api-key'],
  ['openai', 'api-key'],
  ['alertmanager', 'token'],
] as const) {
  mkdirSync(join(secretsDir, 'default', secret), { recursive: true })
  writeFileSync(join(secretsDir, 'default', secret, key), 'sk-test')
}
afterAll(() => rmSync(secretsDir, { recursive: true }))
const OPTIONS = { secretsDir, lent: { ownKeys: [], defaultModel: true }, log: silentLogger }

test.each(folders)('examples/%s is a good folder', async (folder) => {
  const feed = await feedFromFolder(join(EXAMPLES, folder), OPTIONS)
  await feed.close()
  const { registry } = feed
  expect([registry.sources().length, registry.workflows().length]).toEqual([expect.any(Number), 1])
  expect(registry.sources().length).toBeGreaterThan(0)
  expect(registry.sinks().length).toBeGreaterThan(0)
})

describe('their expressions say what their comments promise', () => {
  const load = async (folder: string) => {
    const feed = await feedFromFolder(join(EXAMPLES, folder), OPTIONS)
    await feed.close()
    return feed.registry
  }
  const rootCause = { summary: 'the image does not exist', confidence: 0.9, object: { kind: 'Deployment', name: 'web' } }
  const context = {
    alert: { labels: { alertname: 'KubePodNotReady', severity: 'critical' } },
    params: { team: 'shop' },
    incident: {},
    state: 'completed',
    result: { healthy: false, rootCause, recommendations: [{ action: 'Undo the roll-out' }] },
  }

  test('grouping', async () => {
    const registry = await load('grouping')
    const filter = compileCondition(registry.source('default', 'alertmanager')!.spec.filter!, ['alert'])
    expect(filter({ alert: { labels: { severity: 'warning' } } })).toBe(true)
    expect(filter({ alert: { labels: {} } })).toBe(false)
    const { steps, sinks } = registry.workflow('default', 'by-severity')!.spec
    const announce = compileCondition(steps[0]!.when!, ['alerts'])
    expect(announce({ alerts: [{ labels: {} }, { labels: { severity: 'critical' } }] })).toBe(true)
    expect(announce({ alerts: [{ labels: {} }] })).toBe(false)
    expect(compileTemplate(steps[0]!.notify!.message!)(context)).toBe('KubePodNotReady is being investigated for shop.')
    const sure = compileCondition(sinks![1]!.when!, ['result'])
    expect([
      sure(context),
      sure({ result: { rootCause: null } }),
      sure({ result: { rootCause: { ...rootCause, confidence: 0.5 } } }),
    ]).toEqual([true, false, false])
  })

  test('webhook-sink', async () => {
    const registry = await load('webhook-sink')
    const { when, template } = registry.sink('default', 'incident-bot')!.spec
    const wanted = compileCondition(when!, ['result'])
    expect([wanted({ result: null }), wanted({ result: { healthy: true } }), wanted(context)]).toEqual([true, false, true])
    expect(compileTemplate(template!)(context)).toBe(
      'KubePodNotReady in the cluster is completed.\nDeployment web: the image does not exist\nNext: Undo the roll-out\n',
    )
    expect(compileTemplate(template!)({ ...context, alert: null, result: null })).toContain(
      'an incident in the cluster is completed.\nNo root cause was found.',
    )
    const culprit = compileExpression(registry.workflow('default', 'diagnose-and-tell')!.spec.outputs![0]!.expression, ['result'])
    expect([culprit(context), culprit({ result: { rootCause: null } })]).toEqual(['web', 'unknown'])
  })
  test('webhook-source', async () => {
    const registry = await load('webhook-source')
    const checks = [
      { name: 'PingFailed', state: 'down', deployment: 'web', since: '2026-11-23T11:02:03Z' },
      { name: 'DiskFull', state: 'up' },
      { name: 'PingFailed', state: 'unknown', deployment: 'api' },
    ]
    const body = new TextEncoder().encode(JSON.stringify({ site: 'berlin', checks }))
    const { batch, payload } = compileSource(registry.source('default', 'checks')!)(body, new Date(), {})
    expect(batch.alerts.map(({ alert }) => [alert.status, alert.labels, alert.startsAt])).toEqual([
      ['firing', { alertname: 'PingFailed', namespace: 'shop', deployment: 'web', site: 'berlin' }, '2026-11-23T11:02:03Z'],
      ['resolved', { alertname: 'DiskFull', namespace: 'shop', site: 'berlin' }, expect.any(String)],
    ])
    expect([payload.rejected, payload.oddities]).toEqual([[], ['left aside 1 of status "unknown": no alert']])
  })

  test('kubectl-step', async () => {
    const registry = await load('kubectl-step')
    const { steps } = registry.workflow('default', 'diagnose')!.spec
    const [asks, goesOn] = steps.map(({ when }) => when && compileCondition(when, ['alert', 'steps'])) as ReturnType<
      typeof compileCondition
    >[]
    expect([asks!({ alert: { labels: { deployment: 'web' } } }), asks!({ alert: { labels: {} } })]).toEqual([true, false])
    const deployment = (status: object) => ({ status: 'Succeeded', outputs: { json: { spec: { replicas: 3 }, status } } })
    const underWay = (status: object) => goesOn!({ steps: { deployment: deployment(status) } })
    expect([underWay({ updatedReplicas: 1 }), underWay({}), underWay({ updatedReplicas: 3 })]).toEqual([true, true, false])
    expect(goesOn!({ steps: { deployment: { status: 'Failed', outputs: null } } })).toBe(false)
    const scope = { ...context, alert: { labels: { deployment: 'web' } }, steps: { history: { outputs: { text: 'REVISION' } } } }
    expect(compileTemplate(steps[2]!.notify!.message!, MESSAGE_NAMES)(scope)).toBe('A roll-out of web is under way:\nREVISION\n')
  })

  test('slack', async () => {
    const registry = await load('slack')
    const filter = compileCondition(registry.source('default', 'alertmanager')!.spec.filter!, ['alert'])
    const given = [{ severity: 'critical' }, { severity: 'warning' }, {}].map((labels) => filter({ alert: { labels } }))
    expect(given).toEqual([true, false, false])
  })

  test('alertmanager-silence', async () => {
    const registry = await load('alertmanager-silence')
    const sure = compileCondition(registry.sink('default', 'silence')!.spec.when!, ['result', 'alert'])
    const result = (confidence: number) => ({ rootCause: { ...rootCause, confidence } })
    const alert = { labels: { severity: 'warning' } }
    expect([
      sure({ result: result(0.95), alert }),
      sure({ result: result(0.8), alert }),
      sure({ result: { rootCause: null }, alert }),
      sure({ result: null, alert }),
      sure({ result: result(0.95), alert: context.alert }),
      sure({ result: result(0.95), alert: { labels: {} } }),
      sure({ result: result(0.95), alert: null }),
    ]).toEqual([true, false, false, false, false, true, false])
  })
})
