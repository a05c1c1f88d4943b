import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '#kit/errors'

/** A manifest file, with what tells one state of it from another without reading it. */
export interface FolderFile {
  /** Relative to the folder, with `/`. */
  name: string
  path: string
  version: string
}

const MANIFEST = /(?<!\.conversation)\.(?:yaml|yml|json)$/
const MAX_DEPTH = 8
const MAX_FILES = 1_000
const MAX_TOTAL = 16 * 1024 * 1024

/**
 * All manifest files below a folder, sorted by name; the conversations of scripted models (`*.conversation.yaml`) are none. Hidden entries are skipped: in a mounted ConfigMap the files are
 * links into `..data`, which is swapped as a whole. Links are followed, each real folder once.
 */
export async function listFolder(dir: string): Promise<FolderFile[]> {
  const files: FolderFile[] = []
  let total = 0
  const seen = new Set<string>()
  const visit = async (path: string, prefix: string, depth: number): Promise<void> => {
    const real = await realpath(path)
    if (seen.has(real)) return
    seen.add(real)
    for (const name of (await readdir(path)).toSorted()) {
      if (name.startsWith('.')) continue
      const child = join(path, name)
      const info = await stat(child).catch(() => null) // a dangling link, or gone since
      if (info === null) continue
      if (info.isDirectory()) {
        if (depth >= MAX_DEPTH)
          throw new InputError(`${prefix}${name} lies more than ${MAX_DEPTH} folders deep`, { remedy: 'Move the manifests up.' })
        await visit(child, `${prefix}${name}/`, depth + 1)
      } else if (info.isFile() && MANIFEST.test(name)) {
        files.push({ name: `${prefix}${name}`, path: child, version: `${info.ino} ${info.size} ${info.mtimeMs}` })
        total += info.size
        if (files.length > MAX_FILES || total > MAX_TOTAL) {
          throw new InputError(`${dir} holds more than ${MAX_FILES} manifest files or ${MAX_TOTAL / 1024 / 1024} MiB`, {
            remedy: 'Give a folder with Inquest manifests only.',
          })
        }
      }
    }
  }
  await visit(dir, '', 1)
  return files
}

/** Changes when any file changes, comes or goes. */
export const folderVersion = (files: readonly FolderFile[]): string => files.map(({ name, version }) => `${name} ${version}`).join('\n')

export const readFolderFile = async (file: FolderFile): Promise<string> => readFile(file.path, 'utf8')
