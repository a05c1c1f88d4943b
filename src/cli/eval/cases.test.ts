import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findCases } from './cases.ts'

let made = ''
afterEach(() => rmSync(made, { recursive: true, force: true }))

function folder(...files: string[]): string {
  made = mkdtempSync(join(tmpdir(), 'inquest-cases-'))
  for (const file of files) {
    mkdirSync(dirname(join(made, file)), { recursive: true })
    writeFileSync(join(made, file), file.endsWith('expected.yaml') ? 'healthy: true' : '')
  }
  return made
}

test.each([
  ['bundle/', 'a/bundle/cluster-resources/pods/x.json', 'a', 'a/bundle'],
  ['bundle.tgz', 'a/b/bundle.tgz', 'a/b', 'a/b/bundle.tgz'],
  ['a zip', 'a/bundle.zip', 'a', 'a/bundle.zip'],
  ["troubleshoot.sh's own name", 'a/support-bundle-2026-01-02T03_04_05.tar.gz', 'a', 'a/support-bundle-2026-01-02T03_04_05.tar.gz'],
  ['a troubleshoot.sh bundle at its root', 'a/cluster-resources/nodes.json', 'a', 'a'],
  ['kubectl cluster-info dump', 'a/nodes.json', 'a', 'a'],
  ['kubectl get', 'a/pods.yaml', 'a', 'a'],
  ['the folder itself', 'bundle.tgz', '.', 'bundle.tgz'],
])('%s is a case', async (_, file, name, bundle) => {
  const root = folder(file)
  const { cases } = await findCases(root)
  expect(cases).toEqual([{ name, bundle: join(root, bundle), alert: null, expected: null }])
})

test('cases are sorted, their alert is found, and what lies below one is a part of it', async () => {
  const root = folder('z/bundle.tgz', 'a/bundle/pods.json', 'a/bundle/b/bundle.tgz', 'a/alert.json', 'm/expected.yaml')
  const { cases, withoutBundle } = await findCases(root)
  expect(cases.map(({ name, alert }) => [name, alert])).toEqual([
    ['a', join(root, 'a/alert.json')],
    ['z', null],
  ])
  expect(withoutBundle).toEqual(['m'])
})

test('a folder of something else is refused', async () => {
  await expect(findCases(folder('README.md', 'src/x.ts'))).rejects.toThrow(/holds no case/)
})
