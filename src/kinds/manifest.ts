import { isMap, isNode, isScalar, LineCounter, parseAllDocuments, type Document } from 'yaml'
import type { z } from 'zod'
import { closest } from '#kit/closest'
import { KINDS } from './crd.ts'
import { explainIssues } from './issues.ts'
import { API_GROUP, API_VERSION } from './meta.ts'
import { fieldPath, type ManifestProblem, type Problem } from './problem.ts'
import { SecretManifest } from './secret-manifest.ts'
import type { Sink } from './sink.ts'
import type { Source } from './source.ts'
import type { Workflow } from './workflow.ts'

/** One object of a manifest file. */
export interface Manifest {
  object: Source | Workflow | Sink | SecretManifest
  /** `Sink shop/chat`. */
  title: string
  /** A problem that was found later, with its place in the file. */
  locate(problem: Problem): ManifestProblem
}

const MAX_FILE = 1024 * 1024
const MAX_DOCUMENTS = 1_000
/** An Investigation is a request to the API server; in a folder it would be made again at every start. */
const FOLDER_KINDS = new Map<string, z.ZodType>([
  ...KINDS.filter(({ kind }) => kind !== 'Investigation').map(({ kind, schema }) => [kind, schema] as const),
  ['Secret', SecretManifest],
])

/**
 * Reads YAML or JSON, any number of documents. Problems carry file, line, field and remedy; an object with a problem is
 * not among the objects. Namespaces are filled in: `default`.
 */
export function parseManifests(text: string, file: string): { objects: Manifest[]; problems: ManifestProblem[] } {
  const objects: Manifest[] = []
  const problems: ManifestProblem[] = []
  if (text.length > MAX_FILE) {
    const problem = {
      file,
      line: 1,
      object: null,
      field: '',
      message: `larger than ${MAX_FILE} bytes`,
      remedy: 'Split it into several files.',
    }
    return { objects, problems: [problem] }
  }
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  if (!Array.isArray(documents)) return { objects, problems }
  for (const document of documents.slice(0, MAX_DOCUMENTS) as Document.Parsed[]) {
    const syntax = document.errors[0]
    if (syntax !== undefined) {
      const line = lines.linePos(syntax.pos[0]).line
      problems.push({
        file,
        line,
        object: null,
        field: '',
        message: `not valid YAML: ${syntax.message}`,
        remedy: 'Check the indentation and the quotes near this line.',
      })
      continue
    }
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) continue
    const found = parseDocument(document, file, lines)
    if (found.manifest !== null) objects.push(found.manifest)
    problems.push(...found.problems)
  }
  return { objects, problems }
}

function parseDocument(
  document: Document.Parsed,
  file: string,
  lines: LineCounter,
): { manifest: Manifest | null; problems: ManifestProblem[] } {
  let title: string | null = null
  const locate = (problem: Problem): ManifestProblem => ({ file, line: lineOf(document, lines, problem.field), object: title, ...problem })
  const refuse = (...problems: Problem[]) => ({ manifest: null, problems: problems.map(locate) })

  let json: unknown
  try {
    json = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return refuse({
      field: '',
      message: `not readable: ${(error as Error).message}`,
      remedy: 'Write the values out instead of using aliases.',
    })
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return refuse({ field: '', message: 'not an object', remedy: `A manifest begins with apiVersion: ${API_VERSION} and a kind.` })
  }
  const { apiVersion, kind, metadata } = json as {
    apiVersion?: unknown
    kind?: unknown
    metadata?: { name?: unknown; namespace?: unknown }
  }
  const schema = typeof kind === 'string' ? FOLDER_KINDS.get(kind) : undefined
  const wrongKind = checkKind(apiVersion, kind, schema !== undefined)
  if (wrongKind !== null) return refuse(wrongKind)

  const namespace = metadata?.namespace ?? 'default'
  title = `${String(kind)} ${String(namespace)}/${String(metadata?.name ?? '?')}`
  const empty: string[] = []
  const parsed = schema!.safeParse(dropNulls(json, [], empty), { reportInput: true })
  if (!parsed.success) {
    const problems = explainIssues(parsed.error.issues, String(kind))
    return refuse(...problems.map((problem) => ({ ...problem, remedy: problem.remedy || nullRemedy(problem, empty) })))
  }
  const object = parsed.data as Manifest['object']
  return {
    manifest: {
      object: { ...object, metadata: { ...object.metadata, namespace: String(namespace) } } as Manifest['object'],
      title,
      locate,
    },
    problems: [],
  }
}

/** As the API server does: a member that is null is not there. */
export function dropNulls(json: unknown, path: readonly PropertyKey[] = [], dropped: string[] = []): unknown {
  if (Array.isArray(json)) return json.map((item, i) => dropNulls(item, [...path, i], dropped))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => {
      if (value !== null) return [[key, dropNulls(value, [...path, key], dropped)]]
      dropped.push(fieldPath([...path, key]))
      return []
    }),
  )
}

/** `stdout:` with nothing behind it is the common slip where `stdout: {}` is meant. */
function nullRemedy(problem: Problem, empty: readonly string[]): string {
  const slip = empty.find((field) => field.startsWith(`${problem.field}.`))
  return slip === undefined
    ? ''
    : `\`${slip.slice(problem.field.length + 1)}:\` with nothing behind it is not set; write \`${slip.slice(problem.field.length + 1)}: {}\`.`
}

function checkKind(apiVersion: unknown, kind: unknown, known: boolean): Problem | null {
  const kinds = KINDS.map((one) => one.kind).filter((one) => FOLDER_KINDS.has(one))
  if (kind === undefined || typeof kind !== 'string') {
    return { field: 'kind', message: 'missing', remedy: `Inquest reads ${kinds.join(', ')} (apiVersion ${API_VERSION}) and Secret (v1).` }
  }
  if (kind === 'Investigation' && String(apiVersion).startsWith(`${API_GROUP}/`)) {
    return {
      field: 'kind',
      message: 'an Investigation is not read from a folder',
      remedy: 'Run `inquest investigate`, or create it in the cluster.',
    }
  }
  if (kind === 'List')
    return { field: 'kind', message: 'a List is not read', remedy: 'Write each object as a document of its own, with --- between them.' }
  const expected = kind === 'Secret' ? 'v1' : API_VERSION
  const isOurs = typeof apiVersion === 'string' && apiVersion.startsWith(`${API_GROUP}/`)
  if (!known) {
    const near = closest(kind, kinds)
    const remedy =
      near !== null && (isOurs || apiVersion === undefined)
        ? `Did you mean ${near}?`
        : `Inquest reads ${kinds.join(', ')} and Secret; keep other objects in another folder.`
    return {
      field: 'kind',
      message: `${kind}${typeof apiVersion === 'string' ? ` (${apiVersion})` : ''} is none of Inquest's kinds`,
      remedy,
    }
  }
  if (apiVersion === expected) return null
  if (typeof apiVersion === 'string' && !isOurs && kind !== 'Secret') {
    return {
      field: 'apiVersion',
      message: `${kind} of ${apiVersion} is none of Inquest's kinds`,
      remedy: `Inquest's ${kind} is apiVersion: ${API_VERSION}.`,
    }
  }
  return {
    field: 'apiVersion',
    message: apiVersion === undefined ? 'missing' : `"${String(apiVersion)}" is not supported`,
    remedy: `Write apiVersion: ${expected}.`,
  }
}

/** The line of a field: of its key when it is there, else of the nearest thing around it that is. */
function lineOf(document: Document.Parsed, lines: LineCounter, field: string): number {
  const path = [...field.matchAll(/\[([0-9]+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index === undefined ? (quoted ?? name!) : Number(index),
  )
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]!
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line
    }
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return lines.linePos(document.contents?.range?.[0] ?? 0).line
}
