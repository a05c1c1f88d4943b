import { resolve } from 'node:path'
import {
  expressionProblems,
  lookupIn,
  modelProblems,
  modelsOf,
  referenceProblems,
  runProblems,
  senderProblems,
  type Surroundings,
} from '#kinds/acceptance'
import { parseManifests, type Manifest } from '#kinds/manifest'
import type { Model, OneModel } from '#kinds/model'
import type { ManifestProblem, Problem } from '#kinds/problem'
import type { SecretLookup, Snapshot } from '#kinds/registry'
import type { SecretManifest } from '#kinds/secret-manifest'
import type { Sink } from '#kinds/sink'
import type { Source } from '#kinds/source'
import type { Workflow } from '#kinds/workflow'
import { stepProblems } from '#policy'
import { createSecretLookup, secretsOf } from './secrets.ts'

/** One state of the folder, judged as a whole. */
export interface LoadedFolder {
  snapshot: Snapshot
  secrets: readonly SecretManifest[]
  problems: readonly ManifestProblem[]
  /** Keys of models that are not there: once they are, the folder is worth another look. */
  missingKeys: readonly MissingKey[]
}

export interface MissingKey {
  namespace: string
  name: string
  key: string
}

export interface LoadOptions {
  /** The folder itself: files of scripted models are relative to it. */
  dir: string
  secretsDir: string | null
  lent: Omit<Surroundings, 'trusted'>
}

/**
 * From files' texts to a snapshot: parsed, without doubles, every expression compiled, every reference leading somewhere,
 * every model such that it can be asked.
 */
export async function loadFolder(files: readonly { name: string; text: string }[], options: LoadOptions): Promise<LoadedFolder> {
  const parsed = files.map(({ name, text }) => parseManifests(text, name))
  const manifests = parsed.flatMap(({ objects }) => objects).map((manifest) => withFiles(manifest, options.dir))
  const problems = parsed.flatMap((file) => file.problems)
  const isGood = problems.length === 0
  problems.push(...doubles(manifests))

  const of = <T>(kind: string): T[] => manifests.filter(({ object }) => object.kind === kind).map(({ object }) => object as T)
  const snapshot: Snapshot = { sources: of<Source>('Source'), workflows: of<Workflow>('Workflow'), sinks: of<Sink>('Sink') }
  const secrets = of<SecretManifest>('Secret')
  const others = lookupIn(snapshot)
  const values = secretsOf(secrets)
  const lookup = createSecretLookup(options.secretsDir, () => values)
  const missingKeys: MissingKey[] = []
  for (const { object, locate } of manifests) {
    if (object.kind === 'Secret') continue
    const own = object as Source | Workflow | Sink
    problems.push(...expressionProblems(own).map(locate))
    if (own.kind === 'Source') problems.push(...senderProblems(own).map(locate))
    if (own.kind === 'Workflow') {
      problems.push(...stepProblems(own).map(locate))
      const asked = await askable(own, options.lent, lookup)
      problems.push(...asked.problems.map(locate))
      missingKeys.push(...asked.missing)
    }
    // With a file that could not be read, what is missing may just stand there.
    if (isGood) problems.push(...referenceProblems(own, others).map(locate))
  }
  return { snapshot, secrets, problems, missingKeys }
}

/** Whether the agents of a Workflow can do their work: that is found out now, and not by the first alert of the night. */
async function askable(
  workflow: Workflow,
  lent: LoadOptions['lent'],
  lookup: SecretLookup,
): Promise<{ problems: Problem[]; missing: MissingKey[] }> {
  const own = { ...lent, trusted: true }
  const problems = [...modelProblems(workflow, own), ...runProblems(workflow, own)]
  const missing: MissingKey[] = []
  const models = modelsOf(workflow)
  if (models.length === 0 && !workflow.spec.steps.some(({ agent }) => agent)) return { problems, missing }
  // Only now: a folder whose Workflows ask no model does not load what asks one.
  const { agentProblems } = await import('#agent')
  problems.push(...agentProblems(workflow))
  const namespace = workflow.metadata.namespace ?? 'default'
  for (const { field, model } of models) {
    const ref = model.apiKeySecretRef
    if (!ref || (await lookup(namespace, ref))?.trim()) continue
    missing.push({ namespace, ...ref })
    const message = `Secret ${namespace}/${ref.name} has no key "${ref.key}", or it is empty`
    const remedy = `Write \`kind: Secret\` into the folder, or the file ${namespace}/${ref.name}/${ref.key} into --secrets-dir.`
    problems.push({ field: `${field}.apiKeySecretRef`, message, remedy })
  }
  return { problems, missing }
}

/** Files of scripted models lie where the manifests do. */
function withFiles(manifest: Manifest, dir: string): Manifest {
  if (manifest.object.kind !== 'Workflow') return manifest
  const workflow = manifest.object as Workflow
  const placed = <T extends OneModel>(model: T): T => (model.file ? { ...model, file: resolve(dir, model.file) } : model)
  const chain = (model: Model): Model => ({ ...placed(model), ...(model.fallbacks ? { fallbacks: model.fallbacks.map(placed) } : {}) })
  const steps = workflow.spec.steps.map((step) =>
    step.agent?.model ? { ...step, agent: { ...step.agent, model: chain(step.agent.model) } } : step,
  )
  const { model } = workflow.spec
  return { ...manifest, object: { ...workflow, spec: { ...workflow.spec, ...(model ? { model: chain(model) } : {}), steps } } }
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
