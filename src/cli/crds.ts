import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crdYaml } from '#kinds/crd'
import type { Io } from './io.ts'

/** `inquest crds`: the CustomResourceDefinitions, to standard output or as one file a kind. */
export async function crds(options: { write?: string }, io: Io): Promise<void> {
  const files = crdYaml()
  if (options.write === undefined) {
    io.out(Object.values(files).join('---\n'))
    return
  }
  mkdirSync(options.write, { recursive: true })
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(options.write, file), text)
    io.out(`${join(options.write, file)}\n`)
  }
}
