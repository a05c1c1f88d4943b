import { InputError } from '#kit/errors'
import { parseLabelSelector } from '#kit/label-selector'
import type { KubeObject } from './reader.ts'

type Test = (object: KubeObject) => boolean

/** Whether an object's labels are chosen. Throws an InputError when the selector does not parse. */
export function labelTest(selector: string | undefined): Test {
  const test = parseLabelSelector(selector ?? '')
  return (object) => test(object.metadata.labels ?? {})
}

/**
 * Field selectors: `path=value`, `path==value`, `path!=value`, joined by commas. More generous than an API server, which knows only
 * a few paths of each kind: any scalar can be chosen by. An absent field equals the empty string.
 */
export function fieldTest(selector: string | undefined): Test {
  const tests = (selector ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): Test => {
      const match = /^([A-Za-z0-9_.[\]-]+?)\s*(==|=|!=)\s*(.*)$/.exec(part)
      if (!match) throw new InputError(`unable to parse "${part}" of a field selector`, { remedy: 'Write path=value or path!=value.' })
      const [path, operator, value] = [match[1]!, match[2]!, match[3]!]
      return (object) => (fieldText(object, path) === value) === (operator !== '!=')
    })
  return (object) => tests.every((test) => test(object))
}

function fieldText(object: KubeObject, path: string): string {
  // The one name that is not a path: `source` of an Event is its component.
  const keys = path === 'source' && object.kind === 'Event' ? ['source', 'component'] : path.split('.')
  let value: unknown = object
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return ''
    value = (value as Record<string, unknown>)[key]
  }
  return typeof value === 'object' ? '' : String(value)
}
