import type { KubeObject } from '../../reader.ts'
import { age, since, type Column } from './format.ts'

/** The columns that a CRD asks for (`additionalPrinterColumns`); without any, the age. */
export function customColumns(crd: KubeObject | null, version: string): Column[] {
  const ofVersion = (crd?.spec?.versions ?? []).find((one: any) => one.name === version)?.additionalPrinterColumns
  const columns: any[] = ofVersion ?? crd?.spec?.additionalPrinterColumns ?? []
  if (columns.length === 0) return [age]
  return columns.map(({ name, type, jsonPath, JSONPath, priority = 0 }): Column => ({
    name,
    wide: priority > 0,
    cell: (object, now) => {
      const values = readPath(object, jsonPath ?? JSONPath ?? '')
      if (values.length === 0 || values[0] === null) return type === 'date' ? '<unknown>' : ''
      return type === 'date' ? since(String(values[0]), now) : values.map(text).join(' ')
    },
  }))
}

const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

/**
 * The JSONPath that CRDs use in columns: `.a.b`, `.a['b.c']`, `.a[0]`, `.a[*].b`, `.conditions[?(@.type=="Ready")].status`.
 * Anything else finds nothing.
 */
export function readPath(object: unknown, path: string): unknown[] {
  const step =
    /\.([^.[\]'"\\]+(?:\\\.[^.[\]'"\\]+)*)|\['((?:[^'])*)'\]|\["((?:[^"])*)"\]|\[(-?\d+)\]|\[(\*)\]|\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]/y
  const trimmed = path.replace(/^\{/, '').replace(/\}$/, '')
  let values: unknown[] = [object]
  while (step.lastIndex < trimmed.length) {
    const match = step.exec(trimmed)
    if (!match) return []
    const [, dotted, single, double, index, all, field, wanted] = match
    const key = dotted?.replaceAll('\\.', '.') ?? single ?? double
    values = values.flatMap((value): unknown[] => {
      if (key !== undefined) return isRecord(value) && Object.hasOwn(value, key) ? [value[key]] : []
      if (all !== undefined && isRecord(value)) return Object.values(value)
      if (!Array.isArray(value)) return []
      if (index !== undefined) return value.slice(Number(index)).slice(0, 1)
      if (all !== undefined) return value
      return value.filter((item) => String(readPath(item, `.${field}`)[0]) === wanted)
    })
  }
  return values
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
