import { InputError } from '#kit/errors'
import { ReadError, type ResourceType } from '../reader.ts'
import type { ApiAnswer } from './api.ts'

/** Where the objects of a type are; null: everywhere, or the type has no namespaces. */
export function pathOf({ apiVersion, plural }: ResourceType, namespace: string | null): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return namespace === null ? `${root}/${plural}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
}

/** The JSON of a good answer. Throws what `failure` makes of any other; `asked` completes "cannot …". */
export function parse(answer: ApiAnswer, asked: string, title: string): any {
  if (answer.status < 200 || answer.status > 299) throw failure(answer, asked, title)
  try {
    return JSON.parse(answer.body)
  } catch {
    throw new ReadError('Unreachable', `${title} does not answer as a Kubernetes API server does (${asked})`)
  }
}

/** The Status that a refusal carries; null when it is none. */
export function statusIn(answer: ApiAnswer): any {
  try {
    return JSON.parse(answer.body)
  } catch {
    return null
  }
}

/** What the server said, which for a refusal names the identity, the verb and the resource. */
export function failure(answer: ApiAnswer, asked: string, title: string): Error {
  const said = String(statusIn(answer)?.message ?? answer.body)
    .trim()
    .slice(0, 500)
  switch (answer.status) {
    case 400:
      return new InputError(`cannot ${asked}: ${said}`, { remedy: 'Mend the selector or the name.' })
    case 422:
      return new InputError(`cannot ${asked}: ${said}`, { remedy: 'Mend what it names.' })
    case 401:
      return new ReadError('Forbidden', `${title} does not accept the credentials (401): cannot ${asked}`)
    case 403:
      return new ReadError('Forbidden', `cannot ${asked}: ${said}`)
    case 404:
      return new ReadError('NoSuchResource', `cannot ${asked}: ${said}`)
    case 429:
    case 504:
    case 410:
      return new ReadError('Timeout', `cannot ${asked}: ${title} is too busy (${answer.status}): ${said}`)
    default:
      return new ReadError('Unreachable', `cannot ${asked}: ${title} answered ${answer.status}: ${said}`)
  }
}
