import { InputError } from './errors.ts'

export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

/** Label selectors as kubectl writes them: `app=web,env!=dev,tier in (a, b),zone notin (c),has,!hasNot`. Throws an InputError when it does not parse. */
export function parseLabelSelector(selector: string): LabelTest {
  const tests = splitOutsideBrackets(selector).map(requirement)
  return (labels) => tests.every((test) => test(labels))
}

const KEY = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?'

function requirement(text: string): LabelTest {
  const has = (labels: Readonly<Record<string, string>>, key: string): boolean => Object.hasOwn(labels, key)
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
