import { expressionProblems, lookupIn, referenceProblems } from '#kinds/acceptance'
import { parseManifests, type Manifest } from '#kinds/manifest'
import type { ManifestProblem } from '#kinds/problem'
import type { Snapshot } from '#kinds/registry'
import type { SecretManifest } from '#kinds/secret-manifest'
import type { Sink } from '#kinds/sink'
import type { Source } from '#kinds/source'
import type { Workflow } from '#kinds/workflow'

/** One state of the folder, judged as a whole. */
export interface LoadedFolder {
  snapshot: Snapshot
  secrets: readonly SecretManifest[]
  problems: readonly ManifestProblem[]
}

/** From files' texts to a snapshot: parsed, without doubles, every expression compiled, every reference leading somewhere. */
export function loadFolder(files: readonly { name: string; text: string }[]): LoadedFolder {
  const parsed = files.map(({ name, text }) => parseManifests(text, name))
  const manifests = parsed.flatMap(({ objects }) => objects)
  const problems = parsed.flatMap((file) => file.problems)
  const isGood = problems.length === 0
  problems.push(...doubles(manifests))

  const of = <T>(kind: string): T[] => manifests.filter(({ object }) => object.kind === kind).map(({ object }) => object as T)
  const snapshot: Snapshot = { sources: of<Source>('Source'), workflows: of<Workflow>('Workflow'), sinks: of<Sink>('Sink') }
  const others = lookupIn(snapshot)
  for (const { object, locate } of manifests) {
    if (object.kind === 'Secret') continue
    const own = object as Source | Workflow | Sink
    problems.push(...expressionProblems(own).map(locate))
    // With a file that could not be read, what is missing may just stand there.
    if (isGood) problems.push(...referenceProblems(own, others).map(locate))
  }
  return { snapshot, secrets: of<SecretManifest>('Secret'), problems }
}

function doubles(manifests: readonly Manifest[]): ManifestProblem[] {
  const first = new Map<string, Manifest>()
  return manifests.flatMap((manifest) => {
    const before = first.get(manifest.title)
    if (before === undefined) {
      first.set(manifest.title, manifest)
      return []
    }
    const at = before.locate({ field: 'metadata.name', message: '', remedy: '' })
    return [
      manifest.locate({ field: 'metadata.name', message: `also in ${at.file}:${at.line}`, remedy: 'Remove one of them, or rename it.' }),
    ]
  })
}
