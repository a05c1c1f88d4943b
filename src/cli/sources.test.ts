import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../test/postgres.ts'
import type { Io } from './io.ts'
import { testSource, type SourcesTestOptions } from './sources.ts'

const MANIFEST = `
apiVersion: inquest.dev/v1alpha1
kind: Source
metadata: {name: checks, namespace: shop}
spec:
  webhook:
    mapping:
      alerts: body.checks
      status: 'item.state'
      labels: {alertname: item.name, namespace: '"shop"', deployment: item.deploy}
  filter: alert.labels.deployment != "lab"
  grouping: {by: [deployment], window: 30s}
  auth: {none: {}}
  workflowRef: {name: diagnose}
`
const PAYLOAD = {
  checks: [
    { name: 'PingFailed', state: 'firing', deploy: 'web' },
    { name: 'PingFailed', state: 'firing', deploy: 'lab' },
    { name: 'x', state: 'firing' },
    { name: 'x', state: 'pending', deploy: 'y' },
  ],
}

let folder: { path: string; remove(): Promise<void> }
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder.path, 'source.yaml'), MANIFEST)
  await writeFile(join(folder.path, 'payload.json'), JSON.stringify(PAYLOAD))
})
afterAll(() => folder.remove())

async function told(options: Partial<SourcesTestOptions>, file = 'payload.json'): Promise<string> {
  let out = ''
  const io = { out: (text: string) => (out += text) } as unknown as Io
  await testSource(join(folder.path, file), { header: [], output: 'text', ...options }, io)
  return out
}
const manifest = () => ({ source: join(folder.path, 'source.yaml') })

test('says of each item what it becomes, and why', async () => {
  const text = await told(manifest())
  expect(text).toMatch(/^PingFailed: firing since .*\n {2}becomes {6}part of an incident\n/)
  expect(text).toContain('  incident     deployment=web (alerts with these values are one)\n  starts       Workflow diagnose after 30 s\n')
  expect(text).toContain('  looks at     Deployment shop/web\n')
  expect(text).toContain('becomes      kept, starts nothing: the filter is false')
  expect(text).toContain('item 2: rejected: spec.webhook.mapping.labels[deployment]: `item.deploy`: column 6: No such key: deploy\n')
  expect(text).toContain('left aside 1 of status "pending": no alert')
})

test('as JSON for programs', async () => {
  const { alerts, rejected } = JSON.parse(await told({ ...manifest(), output: 'json' }))
  expect(alerts.map(({ becomes, incident }: any) => [becomes, incident?.workflow])).toEqual([
    ['incident', 'diagnose'],
    ['filtered', undefined],
  ])
  expect(alerts[0].target).toMatchObject({ kind: 'Deployment', namespace: 'shop', name: 'web' })
  expect(rejected).toHaveLength(1)
})

const withSource = async (name: string, spec: string): Promise<Partial<SourcesTestOptions>> => {
  const path = join(folder.path, name)
  await writeFile(
    path,
    `apiVersion: inquest.dev/v1alpha1\nkind: Source\nmetadata: {name: s, namespace: shop}\nspec: {${spec}, workflowRef: {name: w}}\n`,
  )
  return { source: path }
}

test('of an api Source, what is asked for', async () => {
  const source = await withSource('api.yaml', 'api: {}, auth: {none: {}}, params: {team: a}')
  await writeFile(join(folder.path, 'ask.json'), '{"target": {"kind": "deploy", "name": "web"}}')
  expect(await told(source, 'ask.json')).toMatch(
    /starts {7}Workflow w at once\n {2}looks at {5}Deployment shop\/web\n {2}params {7}team=a\n$/,
  )
  expect(JSON.parse(await told({ ...source, output: 'json' }, 'ask.json'))).toMatchObject({ workflow: 'w', params: { team: 'a' } })
})

test.each([
  [
    'a filter',
    'alertmanager: {}, auth: {none: {}}, filter: "alert.labels.x =="',
    /^spec\.filter: `alert\.labels\.x ==`: column 18: .*cel\.dev/,
  ],
  [
    'a mapping',
    "webhook: {mapping: {labels: {a: 'itm.x'}}}, auth: {none: {}}",
    /^spec\.webhook\.mapping\.labels\[a\]: .*Did you mean item\?/,
  ],
  ['a schedule', "schedule: {cron: '0 25 * * *'}", /^spec\.schedule\.cron: .*Write minute, hour/],
])('refuses %s that cannot be used, as `serve` does', async (name, spec, message) => {
  await expect(told(await withSource(`${name}.yaml`, spec))).rejects.toThrow(message)
})

test('says that nothing is posted to a schedule', async () => {
  const source = await withSource('schedule.yaml', "schedule: {cron: '0 3 * * *'}")
  await expect(told(source)).rejects.toMatchObject({ message: 'nothing is posted to the Source s', remedy: /alertmanager, webhook or api/ })
})

test.each<[says: string, options: () => Partial<SourcesTestOptions>, file: string | undefined, field: string, message: RegExp]>([
  ['a payload of another sender', () => ({ preset: 'grafana' }), undefined, 'spec.webhook.mapping.alerts', /No such key: alerts/],
  ['a Source that is not in the file', () => ({ ...manifest(), name: 'other' }), undefined, '--name', /no such Source/],
  ['a header that is none', () => ({ header: ['x'] }), undefined, '--header', /"x" is no header/],
  ['a file that is not there', () => ({}), 'nowhere.json', 'file', /cannot read/],
])('refuses %s', async (_, options, file, field, message) => {
  await expect(told(options(), file)).rejects.toMatchObject({ field, message: expect.stringMatching(message) })
})
