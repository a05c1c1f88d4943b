import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openKubectl } from '#agent'
import { openBundle, serveBundle, type BundleReader, type ServedBundle } from '#cluster'
import type { Workflow } from '#kinds/workflow'
import { concluding, scripted } from '../../test/agent.ts'
import { engineHere } from '../../test/engine-here.ts'
import { DIAGNOSIS, timelineOf } from '../../test/engine-process.ts'
import { kubectlPath } from '../../test/kubectl.ts'
import type { KubectlOutputs } from './step-kubectl.ts'

type Steps = Workflow['spec']['steps']

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** The real kubectl against a recorded cluster. */
const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: payments, namespace: shop, annotations: {note: 'token=abcdefgh12345678'}}
spec:
  replicas: 3
  selector: {matchLabels: {app: payments}}
  template: {metadata: {labels: {app: payments}}, spec: {containers: [{name: app, image: 'payments:1', env: [{name: DB_PASSWORD, value: correct-horse}]}]}}
status: {replicas: 3, readyReplicas: 1}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
data: {password: Y29ycmVjdA==}
`

const engine = engineHere({ concurrency: 4 })
let bundle: BundleReader
let served: ServedBundle
let folder: string
let program: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inquest-kubectl-step-'))
  await writeFile(join(folder, 'all.yaml'), MANIFESTS)
  bundle = await openBundle(folder)
  served = await serveBundle(bundle)
  program = await kubectlPath()
})
afterAll(async () => {
  await served?.close()
  await bundle?.close()
  await rm(folder, { recursive: true, force: true })
})

const asked: { namespace: string; serviceAccountName: string }[] = []
let closed = 0
/** As the server does it, with this program. */
const run = (path: string): void => {
  engine().openKubectl = async ({ namespace, serviceAccountName, ...limits }) => {
    asked.push({ namespace, serviceAccountName })
    const kubectl = await openKubectl({ kubectlPath: path, kubeconfig: served.kubeconfig, limits })
    return 'why' in kubectl ? kubectl : { ...kubectl, close: async () => void closed++ }
  }
}
beforeEach(() => {
  engine().diagnose = async () => DIAGNOSIS
  engine().delivered.length = 0
  asked.length = 0
  closed = 0
  run(program)
})
const script = async (name: string, body: string): Promise<string> => {
  await writeFile(join(folder, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${body}\n`, { mode: 0o755 })
  return join(folder, name)
}

const step = (args: string[], more: Partial<Steps[number]> = {}): Steps[number] => ({ name: 'state', kubectl: { args }, ...more })

/** Runs the steps; `state` is what the step of that name left to an output of the Workflow. */
async function walk(steps: Steps, more: Partial<Workflow['spec']> = {}, request: object = {}) {
  const here = engine()
  const outputs = [{ name: 'state', expression: 'steps.state.outputs' }]
  const ended = await here.investigate(here.workflow({ steps, outputs, ...more }), request)
  return { ...ended, state: ended.outputs?.['state'] as KubectlOutputs | null, events: await timelineOf(here, ended.id) }
}

const alertWith = (labels: Record<string, string>) => ({ alert: { labels: { alertname: 'X', namespace: 'shop', ...labels } } })

describe('what it reads', () => {
  test('is left to the steps after it, redacted, and the whole is kept', async () => {
    const args = ['get', 'deployment', '{{ alert.labels.deployment }}', '-o', 'json']
    const { phase, reason, state, result, events } = await walk([step(args)])
    expect({ phase, reason, incomplete: result!.incomplete }).toEqual({ phase: 'Succeeded', reason: 'Complete', incomplete: [] })
    expect(state).toMatchObject({
      command: 'kubectl get deployment payments --output=json --namespace=shop',
      summary: 'Deployment shop/payments',
      json: { kind: 'Deployment', spec: { replicas: 3 }, status: { readyReplicas: 1 } },
      text: expect.stringContaining('readyReplicas: 1'),
    })
    const kept = await engine().store.artifacts.get(state!.artifact)
    expect(kept).toMatchObject({
      step: 'state',
      name: 'kubectl.txt',
      content: expect.stringMatching(/^\$ kubectl get deployment payments/),
    })
    expect(JSON.stringify([state, kept, events])).not.toMatch(/correct-horse|abcdefgh12345678/)
    expect(JSON.stringify(state)).toContain('[REDACTED')
    expect([asked, closed]).toEqual([[{ namespace: 'shop', serviceAccountName: 'inquest-agent' }], 1])
  })

  test('decides about the steps after it, and stands in a message', async () => {
    const missing = 'steps.state.outputs.json.status.readyReplicas < steps.state.outputs.json.spec.replicas'
    const tell = { name: 'tell', when: missing, notify: { sinkRef: { name: 'chat' }, message: 'Look: {{ steps.state.outputs.summary }}' } }
    await walk([step(['get', 'deploy', 'payments', '-o', 'json']), tell], { serviceAccountName: 'reader' })
    expect(engine().delivered.map(({ delivery }) => delivery.message.text)).toEqual(['Look: Deployment shop/payments'])
    expect(asked[0]!.serviceAccountName).toBe('reader')
  })

  test('an agent gets it as data, and may cite it', async () => {
    const sent: string[] = []
    const cause = { summary: 'a replica is missing', object: DIAGNOSIS.target, confidence: 0.8, cites: ['step:state'] }
    const model = await scripted([concluding({ rootCause: cause, alternatives: [], recommendations: [], added: '' })])
    const language = Object.create(model.language) as typeof model.language
    language.doGenerate = (options) => {
      sent.push(JSON.stringify(options.prompt))
      return model.language.doGenerate(options)
    }
    engine().agents = {
      models: async () => [{ ...model, language }],
      tools: async () => ({ tools: [], unavailable: [], about: null, close: async () => undefined }),
    }
    const { result } = await walk([{ name: 'look', diagnose: {} }, step(['get', 'deploy', 'payments']), { name: 'ask', agent: {} }])
    expect(result!.incomplete).toEqual([])
    const evidence = result!.findings.flatMap((finding) => finding.evidence)
    expect(evidence).toEqual([
      {
        id: 'step:state',
        source: 'tool',
        ref: 'kubectl get deploy payments --namespace=shop',
        text: expect.stringContaining('payments 1/3'),
      },
    ])
    expect(sent[0]).toMatch(/<data-[0-9a-f]{10} from=\\"step:state: kubectl get deploy payments --namespace=shop\\">\\nNAME  READY/)
  })

  test('does without a diagnosis, and so does a wish of no object', async () => {
    expect(await walk([step(['get', 'deploy', '-l', 'app=none'])])).toMatchObject({
      reason: 'Complete',
      state: { text: 'No resources found in shop namespace.' },
    })
    const everywhere = await walk([step(['get', 'deploy', '-A', '-o', 'name'])])
    expect(everywhere.state).toMatchObject({ command: expect.stringMatching(/-all-namespaces --output=name$/), json: null })
  })
})

describe('what an alert says stays one word, and is no flag', () => {
  test.each([
    ['a name', 'payments', 'Succeeded'],
    ['a flag', '--kubeconfig=/etc/shadow', 'gives "--kubeconfig=/etc/shadow", which would be read as a flag'],
    ['a short one', '-A', 'gives "-A", which would be read as a flag'],
    ['two words', 'payments -o yaml', '"payments -o yaml" is no type or name of an object'],
    ['a shell', 'x;rm -rf /', 'is no type or name of an object'],
    ['nothing', '', 'an argument is empty'],
  ])('%s', async (_, deployment, problem) => {
    const { message, phase } = await walk([step(['get', 'deploy', '{{ alert.labels.deployment }}'])], {}, alertWith({ deployment }))
    expect(phase === 'Succeeded' ? phase : message).toContain(problem)
  })

  test('nor the way to a Secret', async () => {
    const { message } = await walk([step(['get', '{{ alert.labels.kind }}', '-o', 'yaml'])], {}, alertWith({ kind: 'secret/db' }))
    expect(message).toMatch(/the data of Secrets is never read.*Look at what the templates give for this alert/)
    expect(asked).toEqual([])
  })

  test('a label that there is not', async () => {
    const { message } = await walk([step(['get', 'deploy', '{{ alert.labels.nothing }}'])])
    expect(message).toMatch(/kubectl\.args\[2\]: undefined variable: alert\.labels\.nothing.*\. Test for it/)
  })
})

describe('what goes wrong is said with what to do, and obeys onError and retry', () => {
  const retry = { limit: 2, backoff: { duration: '1ms' } }
  const counting = (name: string, body: string): Promise<string> => script(name, `echo x >> ${folder}/${name}.calls\n${body}`)
  const calls = async (name: string): Promise<number> => {
    return (await readFile(join(folder, `${name}.calls`), 'utf8')).trim().split('\n').length
  }

  test('no such object; Continue goes on', async () => {
    const { phase, reason, result } = await walk([step(['get', 'pod', 'nope'], { onError: 'Continue' }), { name: 'look', diagnose: {} }])
    expect({ phase, reason }).toEqual({ phase: 'Succeeded', reason: 'Degraded' })
    expect(result!.incomplete).toEqual([
      expect.stringMatching(
        /^Step "state" failed: kubectl get pod nope --namespace=shop: Error from server \(NotFound\).*Look at the name and at -n/,
      ),
    ])
    expect(result!.rootCause).toEqual(DIAGNOSIS.rootCause)
  })

  test.each([
    ['absent', 'echo "Error from server (NotFound): pods x not found" >&2; exit 1', 3, /NotFound.*Look at the name/],
    [
      'forbidden',
      'echo "Error from server (Forbidden): pods is forbidden" >&2; exit 1',
      1,
      /Bind ServiceAccount shop\/inquest-agent .* to a role that may/,
    ],
    ['away', 'echo "The connection to the server was refused" >&2; exit 1', 3, /The connection to the server was refused/],
    ['flood', 'yes "{}" | head -c 5000000', 1, /more than 4096 kB of objects\. Name the object/],
  ])('%s', async (name, body, times, message) => {
    run(await counting(name, body))
    expect((await walk([step(['get', 'pods', '-o', 'json'], { retry })])).message).toMatch(message)
    expect(await calls(name)).toBe(times)
  })

  test('one that never ends is stopped', async () => {
    run(await counting('endless', 'sleep 60'))
    const { message } = await walk([step(['get', 'pods'], { timeout: '1s' })])
    expect(message).toMatch(/kubectl did not answer within 0\.75 s\. Ask for less|timed out after 1s/)
    expect(closed).toBe(1)
  })

  test('no kubectl', async () => {
    run('/nowhere/kubectl')
    expect((await walk([step(['get', 'pods'], { retry })])).message).toMatch(
      /kubectl cannot be run: the configured kubectl \/nowhere\/kubectl is no executable/,
    )
    expect(asked).toHaveLength(1)
  })
})
