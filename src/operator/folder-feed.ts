import { errorText, InputError } from '#kit/errors'
import type { Logger } from '#kit/log'
import { secretRefs, type Surroundings } from '#kinds/acceptance'
import { problemText, type ManifestProblem } from '#kinds/problem'
import { createRegistry, type SecretLookup, type Snapshot } from '#kinds/registry'
import { createGenerations } from './generations.ts'
import { loadFolder, type LoadOptions, type MissingKey } from './load-folder.ts'
import type { Feed } from './feed.ts'
import { folderVersion, listFolder, readFolderFile, type FolderFile } from './read-folder.ts'
import { createSecretLookup, secretsOf } from './secrets.ts'

export interface FolderOptions {
  /** `<dir>/<namespace>/<name>/<key>`; null: only Secrets of the folder. */
  secretsDir: string | null
  /** What the process lends to its Workflows: its own keys, its own model. */
  lent: Omit<Surroundings, 'trusted'>
  log: Logger
  /** After the registry was filled anew. */
  onChange?: () => void
  /** How often to look for changes, milliseconds. Default 500. */
  pollMs?: number
}

export interface FolderFeed extends Feed {
  /** What is wrong with the folder as it is now; while there is anything, the last good state stays in force. */
  problems(): readonly ManifestProblem[]
  /** Reads the folder at once. True when it is good. */
  refresh(): Promise<boolean>
}

/**
 * Fills a registry from a folder of manifests and keeps it up to date. The folder counts as a whole: with a problem
 * anywhere in it the last good state stays in force, and at the start an InputError lists all of them.
 *
 * Changes are found by looking (file identity, size, time) and not by fs.watch, which sees nothing when a ConfigMap's
 * links are swapped and sees a file too early while it is written. A change is read once it has been the same twice.
 */
export async function feedFromFolder(dir: string, options: FolderOptions): Promise<FolderFeed> {
  const { log } = options
  const stampGenerations = createGenerations()
  let secrets = secretsOf([])
  const lookup = createSecretLookup(options.secretsDir, () => secrets)
  const registry = createRegistry(lookup)
  let problems: readonly ManifestProblem[] = []
  let missing: readonly MissingKey[] = []
  let version = ''
  /** A key of a model that was not there may come, and its Secret is no manifest: it is looked for, too. */
  const versionWith = async (files: string): Promise<string> => {
    const found = await Promise.all(missing.map((ref) => lookup(ref.namespace, ref).catch(() => undefined)))
    return [files, ...found.map((value) => (value?.trim() ? 'a key' : 'no key'))].join('\n')
  }

  async function refresh(): Promise<boolean> {
    const state = await readFolder(dir, { dir, secretsDir: options.secretsDir, lent: options.lent })
    missing = state.missingKeys
    version = await versionWith(state.version)
    const before = problems.map(problemText).join('\n')
    problems = state.problems
    if (problems.length > 0) {
      if (problems.map(problemText).join('\n') !== before) {
        for (const problem of problems) log.error({ file: problem.file, line: problem.line }, problemText(problem))
      }
      return false
    }
    secrets = secretsOf(state.secrets)
    const snapshot = stampGenerations(state.snapshot)
    registry.replace(snapshot)
    log.info(
      { folder: dir, sources: snapshot.sources.length, workflows: snapshot.workflows.length, sinks: snapshot.sinks.length },
      'manifests are in force',
    )
    await warnOfMissingSecrets(snapshot, lookup, log)
    options.onChange?.()
    return true
  }

  if (!(await refresh())) {
    const list = problems.map((problem) => `  ${problemText(problem)}`).join('\n')
    throw new InputError(`${problems.length === 1 ? 'a problem' : `${problems.length} problems`} in ${dir}:\n${list}`, {
      field: '--manifests',
    })
  }
  const stop = poll(options.pollMs ?? 500, {
    look: async () => versionWith((await listing(dir)).version),
    inForce: () => version,
    changed: () =>
      refresh().then(
        () => undefined,
        (error: unknown) => log.error({ folder: dir }, `the manifests could not be read again: ${errorText(error)}`),
      ),
  })
  const troubles = (): string[] => (problems.length === 0 ? [] : ['the manifests have problems, the last good set is in force'])
  return { registry, problems: () => problems, refresh, state: () => ({ complete: true, troubles: troubles() }), close: stop }
}

async function listing(dir: string): Promise<{ files: FolderFile[]; version: string; error: string | null }> {
  try {
    const files = await listFolder(dir)
    return { files, version: folderVersion(files), error: null }
  } catch (error) {
    return { files: [], version: `unreadable: ${errorText(error)}`, error: errorText(error) }
  }
}

async function readFolder(dir: string, options: LoadOptions): Promise<Awaited<ReturnType<typeof loadFolder>> & { version: string }> {
  const { files, version, error } = await listing(dir)
  const none = { snapshot: { sources: [], workflows: [], sinks: [] }, secrets: [], missingKeys: [], version }
  const refused = (file: string, message: string) => ({
    ...none,
    problems: [{ file, line: 1, object: null, field: '', message, remedy: 'Give a readable folder of manifests.' }],
  })
  if (error !== null) return refused(dir, `cannot be read: ${error}`)
  const texts: { name: string; text: string }[] = []
  for (const file of files) {
    try {
      texts.push({ name: file.name, text: await readFolderFile(file) })
    } catch (cause) {
      return refused(file.name, `cannot be read: ${errorText(cause)}`)
    }
  }
  return { ...(await loadFolder(texts, options)), version }
}

/** Not fatal: a mounted Secret may come later. But a Source without its token refuses everyone, and that should be seen. */
async function warnOfMissingSecrets({ sources, sinks }: Snapshot, lookup: SecretLookup, log: Logger): Promise<void> {
  for (const object of [...sources, ...sinks]) {
    const namespace = object.metadata.namespace ?? 'default'
    for (const { field, name, key } of secretRefs(object)) {
      if ((await lookup(namespace, { name, key }).catch(() => undefined)) !== undefined) continue
      log.warn(
        { field },
        `${object.kind} ${namespace}/${object.metadata.name} needs key "${key}" of Secret ${namespace}/${name}, which is not there yet`,
      )
    }
  }
}

interface Watched {
  look(): Promise<string>
  inForce(): string
  changed(): Promise<void>
}

/** Looks every `ms`, one look after another; calls `changed` when a new state has been seen twice. Returns the stop. */
function poll(ms: number, { look, inForce, changed }: Watched): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout
  let running = Promise.resolve()
  let last = inForce()
  const tick = async (): Promise<void> => {
    const now = await look()
    if (now !== inForce() && now === last) await changed()
    last = now
    if (!stopped) schedule()
  }
  const schedule = (): void => {
    timer = setTimeout(() => (running = tick()), ms)
    timer.unref()
  }
  schedule()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
