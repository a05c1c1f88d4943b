import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

export type Found = { path: string } | { why: string }

/** The kubectl to run: the configured path, which must be absolute, else the first on `PATH`. A missing one is told, not thrown. */
export async function findKubectl(configured: string | undefined, searchPath: string | undefined): Promise<Found> {
  if (configured) {
    if (!isAbsolute(configured)) return { why: `the configured kubectl "${configured}" is not an absolute path` }
    return (await isProgram(configured)) ? { path: configured } : { why: `the configured kubectl ${configured} is no executable file` }
  }
  for (const dir of (searchPath ?? '').split(delimiter)) {
    // A relative entry would find whatever lies in the working folder.
    if (isAbsolute(dir) && (await isProgram(join(dir, 'kubectl')))) return { path: join(dir, 'kubectl') }
  }
  return { why: 'there is no kubectl on PATH: install it, or configure its path' }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
