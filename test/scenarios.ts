import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Alert } from '#alert'
import { openBundle, type ClusterReader } from '#cluster'
import type { Diagnosis } from '#kinds/result'
import { alertIn } from '../src/cli/alert-file.ts'
import { findCases, type Case } from '../src/cli/eval/cases.ts'
import { look } from '../src/cli/eval/run-case.ts'

/** The recorded scenarios, for tests that walk them all. */
export const SCENARIOS = join(import.meta.dirname, '../scenarios')

export const scenarioCases = async (): Promise<Case[]> => (await findCases(SCENARIOS)).cases.filter(({ expected }) => expected !== null)

/** A scenario in memory, that can be looked at again and again, through readers that change what is seen. */
export interface OpenScenario {
  alert: Alert | null
  reader: ClusterReader
  look(wrap?: (reader: ClusterReader) => ClusterReader): Promise<Diagnosis>
}

export async function openScenario({ bundle, alert }: Pick<Case, 'bundle' | 'alert'>): Promise<OpenScenario> {
  const reader = await openBundle(bundle)
  const about = alert === null ? null : alertIn(readFileSync(alert, 'utf8'), alert)
  const never = new AbortController().signal
  return { alert: about, reader, look: (wrap = (same) => same) => look(wrap(reader), about, never) }
}

/**
 * What docs/accuracy.md lists by hand: scenarios that are known to be answered wrongly (`miss`) or to fail a gate, with the reason. A listed
 * one must fail: when it passes, its line is out of date.
 */
export function knownFailures(gate: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(import.meta.dirname, '../docs/accuracy.md'), 'utf8')
  const rows = [...text.matchAll(/^\| (\S+) \| (\S+) \| (.+) \|$/gm)]
  return new Map(rows.filter(([, which]) => which === gate).map(([, , scenario, why]) => [scenario!, why!]))
}

/** Runs a check of a scenario, which must fail when it is listed as known to. */
export async function held(gate: string, { name }: Case, check: () => Promise<void>): Promise<void> {
  const why = knownFailures(gate).get(name)
  if (why === undefined) return check()
  const passes = await check().then(
    () => true,
    () => false,
  )
  if (passes) throw new Error(`${name} passes now: take its line (${gate}: ${why}) out of docs/accuracy.md`)
}
