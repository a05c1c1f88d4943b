import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { targetOf } from '#alert'
import { openBundle, type ClusterReader, type KubeObject } from '#cluster'
import { diagnose } from '#diagnosis'
import type { Diagnosis, ObjectRef } from '#kinds/result'

/** Recorded faults: what is guilty stands beside each bundle in `expected.yaml`, written by who planted it. */
const ROOT = join(import.meta.dirname, '../../scenarios')

interface Expected {
  healthy?: boolean
  object?: ObjectRef
  field?: string
  /** Where several answers are honestly right. */
  anyOf?: { object: ObjectRef; field?: string }[]
}

const scenarios = readdirSync(ROOT)
  .filter((name) => existsSync(join(ROOT, name, 'bundle.tgz')) && existsSync(join(ROOT, name, 'expected.yaml')))
  .sort()

async function run(name: string, wrap: (reader: ClusterReader) => ClusterReader = (r) => r): Promise<Diagnosis> {
  const reader = await openBundle(join(ROOT, name, 'bundle.tgz'))
  const file = join(ROOT, name, 'alert.json')
  const alert = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).alerts[0] : null
  try {
    const options = { signal: new AbortController().signal, onProgress: () => {} }
    return await diagnose(
      wrap(reader),
      { target: alert ? targetOf(alert) : null, namespace: alert?.labels.namespace ?? null, alert },
      options,
    )
  } finally {
    await reader.close()
  }
}

/** The same cluster, listed in another order. */
function shuffled(reader: ClusterReader, seed: number): ClusterReader {
  let state = seed
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
  const shuffle = (list: KubeObject[]): KubeObject[] =>
    list
      .map((o) => ({ o, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map((x) => x.o)
  return {
    title: reader.title,
    oddities: reader.oddities,
    list: async (type, options) => shuffle(await reader.list(type, options)),
    get: (type, namespace, name, signal) => reader.get(type, namespace, name, signal),
    logs: (request, signal) => reader.logs(request, signal),
    now: () => reader.now(),
    close: () => reader.close(),
  }
}

const score = { right: 0, wrong: [] as string[] }

describe.each(scenarios)('%s', (name) => {
  const expected = parse(readFileSync(join(ROOT, name, 'expected.yaml'), 'utf8')) as Expected

  it('finds what is guilty', async () => {
    const found = await run(name)
    score.wrong.push(name)
    const { healthy, rootCause, problems } = found
    const told = expected.healthy
      ? { healthy, problems: problems.map((p) => p.summary) }
      : { object: rootCause?.object, field: rootCause?.field }
    const right = (expected.anyOf ?? [{ object: expected.object, field: expected.field }]).map(({ object, field = null }) => ({
      object,
      field,
    }))
    expect(expected.healthy ? [{ healthy: true, problems: [] }] : right).toContainEqual(told)
    score.wrong.pop()
    score.right++
  })

  it('says the same, byte for byte, in whatever order the cluster is listed', async () => {
    const first = JSON.stringify(await run(name))
    for (const seed of [7, 4_711]) expect(JSON.stringify(await run(name, (r) => shuffled(r, seed)))).toBe(first)
  })
})

afterAll(() => {
  if (score.wrong.length > 0) console.error(`${score.right} of ${scenarios.length} right; wrong: ${score.wrong.join(', ')}`)
})
