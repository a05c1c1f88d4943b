import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { InputError, errorText } from '#kit/errors'
import { parseExpected, type Expected } from './expected.ts'

/** One recorded cluster to be looked at. */
export interface Case {
  /** Path of its folder relative to the folder that was asked for; `.` for that folder itself. */
  name: string
  /** Path of its bundle: a folder or an archive. */
  bundle: string
  /** Path of the alert's JSON; null: there is none. */
  alert: string | null
  /** null: nobody says what is right. */
  expected: Expected | null
}

export interface FoundCases {
  /** Sorted by name. */
  cases: Case[]
  /** Folders that say what is right and hold no bundle. */
  withoutBundle: string[]
}

/** Deeper folders than this hold no cases. */
const MAX_DEPTH = 12
const MAX_CASES = 20_000
const SKIPPED = new Set(['node_modules', '.git'])

/**
 * Every folder below `root` (itself included) that holds a bundle: `bundle/`, `bundle.tgz`, or a known layout at its root. Below a case there
 * are no further cases. Throws an InputError when there is none, and for an `expected.yaml` that cannot be read.
 */
export async function findCases(root: string): Promise<FoundCases> {
  const cases: Case[] = []
  const withoutBundle: string[] = []
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw new InputError(`cannot read ${folder}: ${errorText(error)}`, { field: 'dir', remedy: 'Name a folder of recorded cases.' })
    })
    const has = (name: string): string | null =>
      entries.some((entry) => entry.name === name && entry.isFile()) ? join(folder, name) : null
    const name = relative(root, folder).replaceAll('\\', '/') || '.'
    const bundle = bundleIn(folder, entries)
    const expected = has('expected.yaml')
    if (bundle !== null) {
      if (cases.length >= MAX_CASES)
        throw new InputError(`${root} holds more than ${MAX_CASES} cases`, { field: 'dir', remedy: 'Name a part of it.' })
      cases.push({
        name,
        bundle,
        alert: has('alert.json'),
        expected: expected ? parseExpected(await readFile(expected, 'utf8'), expected) : null,
      })
      return
    }
    if (expected) withoutBundle.push(name)
    if (depth === MAX_DEPTH) return
    const folders = entries.filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name)).map((entry) => entry.name)
    for (const below of folders.sort()) await walk(join(folder, below), depth + 1)
  }
  await walk(root, 0)
  if (cases.length === 0)
    throw new InputError(`${root} holds no case`, {
      field: 'dir',
      remedy:
        'A case is a folder with a bundle (bundle/, bundle.tgz or a recorded cluster), an optional alert.json and an optional expected.yaml.',
    })
  return { cases: cases.sort((a, b) => (a.name < b.name ? -1 : 1)), withoutBundle }
}

const ARCHIVE = /^(?:support-)?bundle[\w.-]*?\.(?:tgz|tar\.gz|tar|zip)$/
/** What lies at the root of a recorded cluster: troubleshoot.sh and must-gather, then `kubectl cluster-info dump` and `kubectl get`. */
const LAYOUT_FOLDERS = new Set(['cluster-resources', 'cluster-scoped-resources'])
const LAYOUT_FILES = /^(?:pods|nodes|events|deployments|all)\.(?:json|ya?ml)$/

function bundleIn(folder: string, entries: readonly Dirent[]): string | null {
  if (entries.some((entry) => entry.name === 'bundle' && entry.isDirectory())) return join(folder, 'bundle')
  const archives = entries.filter((entry) => entry.isFile() && ARCHIVE.test(entry.name)).map((entry) => entry.name)
  const archive = archives.includes('bundle.tgz') ? 'bundle.tgz' : archives.sort()[0]
  if (archive) return join(folder, archive)
  const isLayout = entries.some((entry) => (entry.isDirectory() ? LAYOUT_FOLDERS.has(entry.name) : LAYOUT_FILES.test(entry.name)))
  return isLayout ? folder : null
}
