import { readFile } from 'node:fs/promises'
import { targetOf, type Alert } from '#alert'
import { openBundle, type ClusterReader } from '#cluster'
import { diagnose } from '#diagnosis'
import { systemClock } from '#kit/clock'
import { resultOf, usageWithoutModel, type Diagnosis, type Result } from '#kinds/result'
import { alertIn } from '../alert-file.ts'

/** What a case needs to be looked at. */
export interface CaseInput {
  bundle: string
  alert: string | null
}

/** Looks at one case as `inquest investigate --bundle … --alert …` does. Times are in seconds, the reading of the bundle included. */
export async function runCase({ bundle, alert }: CaseInput, signal: AbortSignal): Promise<Result> {
  const began = systemClock.now().getTime()
  const about = alert === null ? null : alertIn(await readFile(alert, 'utf8'), alert)
  const reader = await openBundle(bundle)
  try {
    const diagnosis = await look(reader, about, signal)
    return resultOf(diagnosis, usageWithoutModel(Math.round(systemClock.now().getTime() - began) / 1_000))
  } finally {
    await reader.close()
  }
}

/** One look at what the alert is about; without an alert at everything. */
export const look = (reader: ClusterReader, alert: Alert | null, signal: AbortSignal): Promise<Diagnosis> =>
  diagnose(
    reader,
    { target: alert ? targetOf(alert) : null, namespace: alert?.labels['namespace'] ?? null, alert },
    { signal, onProgress: () => {} },
  )
