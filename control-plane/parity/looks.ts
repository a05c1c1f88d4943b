import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBundle, openLiveCluster, recordBundle as recordOwnBundle, type ClusterReader } from '#cluster'
import type { Diagnosis } from '#kinds/result'
import { alertIn } from '../../src/cli/alert-file.ts'
import { parseExpected, type Expected } from '../../src/cli/eval/expected.ts'
import { look } from '../../src/cli/eval/run-case.ts'
import { firedAlert } from '../fired.ts'
import { type PlayedCluster, playScenario } from '../play.ts'
import { recordBundle, writeTarball } from '../record.ts'
import { loadScenario } from '../scenario.ts'

/** One cluster, diagnosed in three ways. */
export interface Looks {
  /** From the API server, as `inquest investigate` reads it. */
  live: Diagnosis
  /** From a bundle as troubleshoot.sh collects it. */
  bundle: Diagnosis
  /** From what `inquest bundle` records. */
  own: Diagnosis
  expected: Expected
}

const OWN_BYTES = 100e6
const LOOKS_MS = 60_000

/**
 * Plays a scenario and looks at the same cluster live and from bundles of it.
 *
 * Only the clock is not the API server's: the cluster has been played to a moment of the past and stands still there (no kubelet renews its
 * Lease any more), so that moment is its now. All else is what a user's reader reads.
 */
export async function lookEveryWay(dir: string, say: (line: string) => void): Promise<Looks> {
  const scenario = await loadScenario(dir)
  const file = join(dir, 'expected.yaml')
  const expected = parseExpected(await readFile(file, 'utf8'), file)
  const cluster = await playScenario(dir, scenario, say)
  const folder = await mkdtemp(join(tmpdir(), 'inquest-parity-'))
  try {
    const alert = alertIn(await firedAlert(scenario, cluster), 'the alert')
    const signal = AbortSignal.timeout(LOOKS_MS)
    const from = async (reader: ClusterReader): Promise<Diagnosis> => look(reader, alert, signal).finally(() => reader.close())
    await writeTarball(await recordBundle(cluster.api), join(folder, 'bundle.tgz'), new Date(cluster.now))
    await recordOwn(cluster, join(folder, 'own.tgz'), signal)
    return {
      live: await from(await openStill(cluster)),
      bundle: await from(await openBundle(join(folder, 'bundle.tgz'))),
      own: await from(await openBundle(join(folder, 'own.tgz'))),
      expected,
    }
  } finally {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function openStill({ cp, now }: PlayedCluster) {
  const reader = await openLiveCluster({ kubeconfig: cp.kubeconfig })
  return { ...reader, now: async () => new Date(now) }
}

async function recordOwn(cluster: PlayedCluster, file: string, signal: AbortSignal): Promise<void> {
  const reader = await openStill(cluster)
  try {
    await recordOwnBundle(reader, file, { namespace: undefined, maxBytes: OWN_BYTES, signal, onProgress: () => {} })
  } finally {
    await reader.close()
  }
}
