import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { InputError } from '#kit/errors'
import { folderOf, listOf, pod, tempFolder, writeTarball, writeZip } from '../fixture.ts'
import { builtin } from '../resources.ts'
import { openBundle } from './open.ts'

const PODS = listOf('v1', 'Pod', [pod('shop', 'web')])
const PODS_TEXT = JSON.stringify(PODS)
const podNames = async (bundle: Awaited<ReturnType<typeof openBundle>>): Promise<string[]> =>
  (await bundle.list(builtin('Pod'), {})).map((object) => object.metadata.name)

describe('an archive', () => {
  it('entries that would lie outside and links that lead outside are not read', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'b.tgz')
    await writeTarball(path, { 'b/pods.json': PODS }, [
      { header: { name: '../escaped/services.json' }, content: JSON.stringify(listOf('v1', 'Service', [{ metadata: { name: 'x' } }])) },
      { header: { name: '/etc/nodes.json' }, content: JSON.stringify(listOf('v1', 'Node', [{ metadata: { name: 'x' } }])) },
      { header: { name: 'b/a/link.json', type: 'symlink', linkname: '../../../etc/passwd' } },
      { header: { name: 'b/hard.json', type: 'link', linkname: '/etc/passwd' } },
      { header: { name: 'b/inside.log', type: 'symlink', linkname: 'pods.json' } },
    ])
    const bundle = await openBundle(path)
    expect(await podNames(bundle)).toEqual(['web'])
    expect(bundle.oddities).toEqual([
      '../escaped/services.json would lie outside the bundle; it was not read.',
      '/etc/nodes.json would lie outside the bundle; it was not read.',
      'b/a/link.json is a link that leaves the bundle; it was not followed.',
      'b/hard.json is a link that leaves the bundle; it was not followed.',
    ])
    expect(await bundle.list(builtin('Service'), {}).catch((error: { reason: string }) => error.reason)).toBe('NotRecorded')
  })

  it('that ends early gives what it held', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'b.tgz')
    // Random text does not compress, so that the cut falls into the second file.
    const noise = Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 7919 * (i % 251)) % 256)).toString('base64')
    await writeTarball(path, { 'pods.json': PODS, 'shop/web/app.log': noise })
    await truncate(path, Math.floor((await readFile(path)).length / 2))
    const bundle = await openBundle(path)
    expect(await podNames(bundle)).toEqual(['web'])
    expect(bundle.oddities).toEqual([expect.stringMatching(/^b\.tgz ends early \(.+\): 1 files before that were read\.$/)])
  })

  it('that unpacks to more than the limit, or holds too many files, is refused', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'bomb.tgz')
    await writeTarball(path, { 'pods.json': PODS, 'ignored.bin': '0'.repeat(3 << 20) })
    await expect(openBundle(path, { limits: { unpacked: 1 << 20 } })).rejects.toThrow(/unpacks to more than 1 MB/)
    await expect(openBundle(path, { limits: { files: 1 } })).rejects.toThrow(/more than 1 files/)
    expect(await podNames(await openBundle(path))).toEqual(['web'])
  })

  it('leaves out a file too large to parse, and keeps the end of a long log', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'b.tgz')
    const log = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join('')
    await writeTarball(path, {
      'pods.json': PODS,
      'services.json': JSON.stringify(listOf('v1', 'Service', [])).padEnd(5_000),
      'shop/web/app.log': log,
    })
    const bundle = await openBundle(path, { limits: { objectFile: 4_000, logTail: 64_000 } })
    expect(bundle.oddities).toEqual(['services.json is larger than 0 MB and was not read.'])
    const request = { namespace: 'shop', pod: 'web', container: 'app', previous: false }
    expect(await bundle.logs({ ...request, tailLines: 2 })).toBe('line 19998\nline 19999\n')
    expect(await bundle.logs({ ...request, tailLines: 20_000, limitBytes: 30 })).toBe('line 19998\nline 19999\n')
  })

  it('is known by its content, not its name; what is no archive is refused', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'bundle')
    await writeTarball(path, { 'pods.json': PODS })
    expect(await podNames(await openBundle(path))).toEqual(['web'])
    for (const [name, content] of [
      ['notes.tgz', 'hello'],
      ['broken.tgz', gzipSync('not a tar archive'.repeat(99))],
      ['empty.tgz', ''],
    ] as const) {
      await writeFile(join(folder.path, name), content)
      await expect(openBundle(join(folder.path, name))).rejects.toThrow(InputError)
    }
  })
})

describe('a zip archive', () => {
  it('is read like any other, whatever its name', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'bundle.bin')
    await writeZip(path, [
      { name: 'b/', content: '', mode: 0o40755 },
      { name: 'b\\pods.json', content: PODS_TEXT },
      { name: 'b/shop/web/app.log', content: 'one\ntwo\n' },
    ])
    const bundle = await openBundle(path)
    expect(await podNames(bundle)).toEqual(['web'])
    expect(await bundle.logs({ namespace: 'shop', pod: 'web', container: 'app', previous: false, tailLines: 1 })).toBe('two\n')
    expect(bundle.oddities).toEqual([])
  })

  it('entries that would lie outside, links and encrypted ones are not read', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'b.zip')
    const services = JSON.stringify(listOf('v1', 'Service', [{ metadata: { name: 'x' } }]))
    await writeZip(path, [
      { name: 'b/pods.json', content: PODS_TEXT },
      { name: '../escaped/services.json', content: services },
      { name: '/etc/services.json', content: services },
      { name: 'C:\\services.json', content: services },
      { name: 'b/services.json', content: '/etc/passwd', mode: 0o120777 },
      { name: 'b/nodes.json', content: services, flags: 1 },
    ])
    const bundle = await openBundle(path)
    expect(await podNames(bundle)).toEqual(['web'])
    expect(bundle.oddities).toEqual([
      '../escaped/services.json would lie outside the bundle; it was not read.',
      '/etc/services.json would lie outside the bundle; it was not read.',
      'C:/services.json would lie outside the bundle; it was not read.',
      'b/nodes.json is encrypted; it was not read.',
    ])
    expect(await bundle.list(builtin('Service'), {}).catch((error: { reason: string }) => error.reason)).toBe('NotRecorded')
  })

  it('has the limits of a tar archive; one that is cut off is refused, since its directory stands at its end', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'b.zip')
    await writeZip(path, [
      { name: 'pods.json', content: PODS_TEXT },
      { name: 'web/app.log', content: '0'.repeat(3 << 20) },
    ])
    await expect(openBundle(path, { limits: { unpacked: 1 << 20 } })).rejects.toThrow(/unpacks to more than 1 MB/)
    await expect(openBundle(path, { limits: { files: 1 } })).rejects.toThrow(/more than 1 files/)
    expect((await openBundle(path, { limits: { objectFile: 10 } })).oddities).toContain('pods.json is larger than 0 MB and was not read.')
    await truncate(path, Math.floor((await readFile(path)).length / 2))
    await expect(openBundle(path)).rejects.toThrow(/cannot read b\.zip: the zip archive is cut off/)
  })
})

describe('a folder', () => {
  it('links out of it are named and not followed; links within are read at their target', async () => {
    await using outside = await folderOf({ 'services.json': listOf('v1', 'Service', [{ metadata: { name: 'x' } }]) })
    await using folder = await folderOf({ 'pods.json': PODS })
    await symlink(join(outside.path, 'services.json'), join(folder.path, 'services.json'))
    await symlink(outside.path, join(folder.path, 'more'))
    await symlink(folder.path, join(folder.path, 'loop'))
    await symlink('pods.json', join(folder.path, 'again.json'))
    await symlink('/nowhere', join(folder.path, 'dangling.json'))
    const bundle = await openBundle(folder.path)
    expect(await podNames(bundle)).toEqual(['web'])
    expect([...bundle.oddities].sort()).toEqual([
      'more is a link that leaves the bundle; it was not followed.',
      'services.json is a link that leaves the bundle; it was not followed.',
    ])
  })

  it('may be named by a link', async () => {
    await using folder = await folderOf({ 'real/pods.json': PODS })
    await symlink('real', join(folder.path, 'alias'))
    expect(await podNames(await openBundle(join(folder.path, 'alias')))).toEqual(['web'])
  })

  it('has limits, too', async () => {
    await using folder = await folderOf({ 'pods.json': PODS, 'a/b.json': '{}' })
    await mkdir(join(folder.path, 'deep/'.repeat(30)), { recursive: true })
    await expect(openBundle(folder.path, { limits: { files: 1 } })).rejects.toThrow(InputError)
    const bundle = await openBundle(folder.path, { limits: { objectFile: 100 } }).catch((error: unknown) => error)
    expect(bundle).toBeInstanceOf(InputError)
    expect((await openBundle(folder.path)).oddities).toEqual([expect.stringMatching(/lies deeper than 24 folders/)])
  })
})
