import { InputError } from '#kit/errors'
import type { KubeObject } from './reader.ts'

type Test = (object: KubeObject) => boolean

/** Label selectors as kubectl writes them: `app=web,env!=dev,tier in (a, b),zone notin (c),has,!hasNot`. Throws an InputError when it does not parse. */
export function labelTest(selector: string | undefined): Test {
  const tests = splitOutsideBrackets(selector ?? '').map(requirement)
  return (object) => {
    const labels = object.metadata.labels ?? {}
    return tests.every((test) => test(labels))
  }
}

type LabelTest = (labels: Record<string, string>) => boolean

const KEY = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?'

function requirement(text: string): LabelTest {
  const has = (labels: Record<string, string>, key: string): boolean => Object.hasOwn(labels, key)
  const set = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`).exec(text)
  if (set) {
    const [key, operator, values] = [set[1]!, set[3]!, new Set(set[4]!.split(',').map((value) => value.trim()))]
    // `notin` and `!=` also choose what lacks the key altogether.
    return operator === 'in'
      ? (labels) => has(labels, key) && values.has(labels[key]!)
      : (labels) => !has(labels, key) || !values.has(labels[key]!)
  }
  const equal = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`).exec(text)
  if (equal) {
    const [key, operator, value] = [equal[1]!, equal[3]!, equal[4]!]
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
  }
  const exists = new RegExp(`^(!?)\\s*(${KEY})$`).exec(text)
  if (exists) {
    const [absent, key] = [exists[1] === '!', exists[2]!]
    return (labels) => has(labels, key) !== absent
  }
  const number = new RegExp(`^(${KEY})\\s*([<>])\\s*(-?\\d+)$`).exec(text)
  if (number) {
    const [key, operator, bound] = [number[1]!, number[3]!, Number(number[4])]
    return (labels) => /^-?\d+$/.test(labels[key] ?? '') && (operator === '<' ? Number(labels[key]) < bound : Number(labels[key]) > bound)
  }
  throw new InputError(`unable to parse requirement "${text}" of a label selector`, { remedy: 'Write app=web, env!=dev or tier in (a,b).' })
}

function splitOutsideBrackets(text: string): string[] {
  return text
    .split(/,(?![^()]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
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
