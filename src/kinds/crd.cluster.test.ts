import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { Api, ApiError } from '../../control-plane/api.ts'
import { startControlPlane, type ControlPlane } from '../../control-plane/start.ts'
import { crdYaml, KINDS } from './crd.ts'
import { CORPUS, manifestOf } from './manifest-corpus.ts'

let cluster: ControlPlane
let api: Api

beforeAll(async () => {
  cluster = await startControlPlane()
  api = new Api(cluster.url, cluster.token, cluster.caFile, 'test')
  for (const text of Object.values(crdYaml())) await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', parse(text))
  const established = async (plural: string): Promise<void> => {
    if ((await conditionsOf(plural))['Established'] !== 'True') throw new Error(`${plural} is not established`)
  }
  for (const { plural } of KINDS) await vi.waitFor(() => established(plural), { timeout: 10_000, interval: 100 })
}, 60_000)
afterAll(async () => {
  await api?.close()
  await cluster?.stop()
})

async function conditionsOf(plural: string): Promise<Record<string, string>> {
  const crd = await api.get(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.inquest.dev`)
  return Object.fromEntries(
    ((crd.status?.conditions ?? []) as { type: string; status: string }[]).map(({ type, status }) => [type, status]),
  )
}

test.each(KINDS.map(({ plural }) => [plural]))('the schema of %s is structural', async (plural) => {
  const conditions = await conditionsOf(plural)
  expect(conditions['Established']).toBe('True')
  expect(conditions).not.toHaveProperty('NonStructuralSchema')
})

test.each(CORPUS.map((one) => [one.kind, one.says, one.good ? 'good' : 'bad', one] as const))(
  'the API server: %s, %s: %s',
  async (kind, _, verdict, one) => {
    const { plural } = KINDS.find((definition) => definition.kind === kind)!
    const path = `/apis/inquest.dev/v1alpha1/namespaces/default/${plural}?dryRun=All&fieldValidation=Strict`
    const said = await api.create(path, manifestOf(one)).then(
      () => 'good',
      (error: unknown) => (error instanceof ApiError && [400, 422].includes(error.status) ? 'bad' : String(error)),
    )
    expect(said).toBe(verdict)
  },
)

test('an Investigation is immutable, its status is not', async () => {
  const path = '/apis/inquest.dev/v1alpha1/namespaces/default/investigations'
  const made = await api.create(
    path,
    manifestOf(
      CORPUS.find(({ kind }) => kind === 'Investigation')!,
      'fixed',
    ),
  )
  await expect(api.merge(`${path}/fixed`, { spec: { params: { a: 'b' } } })).rejects.toThrow('spec is immutable')
  const status = { observedGeneration: 1, phase: 'Succeeded', rootCause: 'the image', confidencePercent: 97, conditions: [] }
  const updated = await api.replace(`${path}/fixed/status`, { ...made, status })
  expect(updated.status).toEqual(status)
})
