/** What is wrong with a manifest, told so that a person can mend it. */
export interface Problem {
  /** `spec.steps[0].when`; empty when the whole object is meant. */
  field: string
  message: string
  /** What to do next, a sentence; may be empty. */
  remedy: string
}

/** The same with its place in a file. */
export interface ManifestProblem extends Problem {
  file: string
  /** From 1. */
  line: number
  /** `Sink shop/chat`; null when it could not be told. */
  object: string | null
}

/** `sinks.yaml:12: Sink shop/chat: spec.webhook.urll: unknown field. Did you mean url?` */
export function problemText(problem: Problem & Partial<ManifestProblem>): string {
  const place = problem.file === undefined ? '' : `${problem.file}:${problem.line}: `
  const head = [problem.object, problem.field].filter(Boolean).join(': ')
  const message = problem.message.replace(/\.$/, '')
  return `${place}${head ? `${head}: ` : ''}${message}${problem.remedy ? `. ${problem.remedy}` : ''}`
}

/** `['spec', 'steps', 0, 'when']` → `spec.steps[0].when`; a key that is no plain name is quoted: `spec.params["a.b"]`. */
export const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((field, key) => {
    if (typeof key === 'number') return `${field}[${key}]`
    const name = String(key)
    if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${field}[${JSON.stringify(name)}]`
    return field === '' ? name : `${field}.${name}`
  }, '')
