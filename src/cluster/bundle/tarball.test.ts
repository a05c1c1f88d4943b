import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { listOf, pod, tempFolder } from '../fixture.ts'
import { builtin } from '../resources.ts'
import { openBundle } from './open.ts'
import { createTarball } from './tarball.ts'

const T = new Date('2026-01-02T03:04:05Z')

test('what fits is in it, what does not is not, and the file keeps to its size', async () => {
  await using folder = await tempFolder()
  const path = join(folder.path, 'b.tgz')
  const tarball = createTarball(path, 1_000_000, T)
  expect(await tarball.add('b/cluster-resources/pods/shop.json', JSON.stringify(listOf('v1', 'Pod', [pod('shop', 'web')])))).toBe(true)
  // What does not compress soon fills the file; what does still goes in.
  const added: boolean[] = []
  for (let i = 0; i < 12; i++) added.push(await tarball.add(`b/shop/web/noise-${i}.log`, randomBytes(100_000).toString('base64')))
  expect(added[0]).toBe(true)
  expect(added.at(-1)).toBe(false)
  expect(await tarball.add('b/shop/web/app.log', 'up\n'.repeat(400_000))).toBe(true)
  const bytes = await tarball.finish()
  expect((await stat(path)).size).toBe(bytes)
  expect(bytes).toBeLessThanOrEqual(1_000_000)
  const bundle = await openBundle(path)
  expect(await bundle.list(builtin('Pod'), {})).toHaveLength(1)
  expect(bundle.oddities).toEqual([])
})

test('the same files make the same bytes', async () => {
  await using folder = await tempFolder()
  const write = async (name: string): Promise<Buffer> => {
    const tarball = createTarball(join(folder.path, name), 1e6, T)
    await tarball.add('a.json', '{}')
    await tarball.finish()
    return gunzipSync(await readFile(join(folder.path, name)))
  }
  expect((await write('a.tgz')).equals(await write('b.tgz'))).toBe(true)
})

test('what is discarded is gone, and a disk that does not take it is an error', async () => {
  await using folder = await tempFolder()
  const tarball = createTarball(join(folder.path, 'b.tgz'), 1e6, T)
  await tarball.add('a.json', '{}')
  await tarball.discard()
  expect(await readdir(folder.path)).toEqual([])
  const nowhere = createTarball(join(folder.path, 'no/such/folder/b.tgz'), 1e6, T)
  await expect(nowhere.add('a.json', '{}').then(() => nowhere.finish())).rejects.toThrow(/ENOENT/)
  await nowhere.discard()
})
