import { existsSync, globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tableOf } from '../bundle-api/table.ts'
import { builtin } from '../resources.ts'
import { openBundle } from './open.ts'

/** Bundles recorded from a real control plane: whatever a recorder writes, the reader must take. */
const ROOT = join(import.meta.dirname, '..', '..', '..', 'scenarios')
const BUNDLES = existsSync(ROOT) ? globSync(join(ROOT, '*', 'bundle.tgz')).sort() : []

/** Not in every cluster does a program of a pod that runs say anything. */
const talking = new Set<string>()

describe.skipIf(BUNDLES.length === 0)('every recorded scenario', () => {
  it.each(BUNDLES.map((path) => [basename(dirname(path)), path]))('%s is read without a remark', async (_, path) => {
    const bundle = await openBundle(path)
    const now = await bundle.now()
    expect(bundle.oddities).toEqual([])
    for (const kind of ['Namespace', 'Node', 'Pod', 'Deployment', 'ReplicaSet', 'Service', 'Event', 'ConfigMap', 'PersistentVolumeClaim']) {
      const type = builtin(kind)
      const objects = await bundle.list(type, {})
      for (const object of objects) {
        expect(object).toMatchObject({ apiVersion: type.apiVersion, kind })
        expect(Date.parse(object.metadata.creationTimestamp!)).toBeLessThanOrEqual(now.getTime())
      }
      const table = tableOf(objects, {}, { type, crd: null, now, includeObject: 'None', apiVersion: 'meta.k8s.io/v1' })
      expect(JSON.stringify(table)).not.toMatch(/<invalid>|<unknown>|undefined|NaN/)
    }
    const pods = await bundle.list(builtin('Pod'), {})
    expect(pods.length).toBeGreaterThan(0)
    const logs = await Promise.all(
      pods.flatMap(({ metadata, spec }) =>
        spec.containers.map(({ name }: { name: string }) =>
          bundle.logs({ namespace: metadata.namespace!, pod: metadata.name, container: name, previous: false, tailLines: 5 }),
        ),
      ),
    )
    if (logs.some((log) => log !== null && log.length > 0)) talking.add(path)
  })

  it('has logs, mostly', () => expect(talking.size).toBeGreaterThan(BUNDLES.length / 3))
})
