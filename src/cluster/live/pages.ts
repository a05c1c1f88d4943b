import { setImmediate as turn } from 'node:timers/promises'
import type { KubeObject } from '../reader.ts'
import { parse } from './answer.ts'
import type { Api, ApiAnswer } from './api.ts'

/** 200,000 objects of one type at 500 a page: more is said to be missing instead of read. */
const MAX_PAGES = 400

export interface Paging {
  asked: string
  title: string
  oddities: string[]
  signal: AbortSignal | undefined
  /** Takes off a page's text what need not be parsed. */
  lighter: ((json: string) => string) | undefined
}

/**
 * All pages of a list. The next one is asked for before the one that came is parsed: the server and we then work at the same time. A list that
 * changes for longer than the server remembers (410) is begun anew, once.
 */
export async function readPages(
  api: Api,
  path: string,
  query: Record<string, string>,
  accept: string,
  paging: Paging,
): Promise<KubeObject[]> {
  const { asked, title, oddities, signal, lighter } = paging
  const page = (next: string): Promise<ApiAnswer> => api.get(path, next ? { ...query, continue: next } : query, accept, signal)
  let objects: KubeObject[] = []
  let restarted = false
  let answer = await page('')
  for (let pages = 1; ; pages++) {
    if (answer.status === 410 && !restarted) {
      restarted = true
      objects = []
      answer = await page('')
      continue
    }
    const early = pages < MAX_PAGES ? continueIn(answer.body) : null
    const following = early === null ? null : page(early)
    // If this page is no good, nobody waits for the one after it.
    following?.catch(() => {})
    // The request leaves before the parser holds the thread.
    if (following) await turn()
    const { items, metadata } = parse(lighter ? { ...answer, body: lighter(answer.body) } : answer, asked, title)
    objects = objects.concat(items ?? [])
    const next = metadata?.continue ?? ''
    if (next === '') return objects
    if (pages === MAX_PAGES) break
    answer = await (following ?? page(next))
  }
  oddities.push(`Only the first ${objects.length} objects were read: ${asked}.`)
  return objects
}

/** An API server writes a list's metadata before its items. What writes them elsewhere is only read a little later. */
const HEAD = /^\{(?:"(?:kind|apiVersion)":"[^"\\]*",)*"metadata":\{[^{}]*?"continue":"([^"\\]+)"/

const continueIn = (json: string): string | null => HEAD.exec(json.slice(0, 4_096))?.[1] ?? null
