import { setTimeout as sleep } from 'node:timers/promises'
import type { Execution } from './durable.ts'
import { LostRun } from './failure.ts'
import { INVESTIGATE, type Parts } from './parts.ts'

/**
 * What a process does with investigations while the cluster does not answer it. It takes alerts as ever, and starts and runs no
 * investigation that another process, whose cluster answers, could: each says with its sign of life whether it sees. The durable engine
 * hands runs to whoever asks first, so a blind process does get some:
 *
 * - another one sees and has room: the run goes back into the queue (a blind process may get it again, and gives it back again);
 * - another one sees and is busy: the run waits here until there is room, or sight. Going around would cost more than waiting;
 * - nobody sees: the run waits, as long as an API server may take that is restarted or upgraded. After that it goes on and fails with what
 *   it could not reach: people must hear of an alert, most of all of one that says that the API server is away.
 *
 * A run whose diagnosis finds itself blind is put back in the same way.
 */
const BLIND_AFTER_MS = 5_000
const SIGHT_MAY_TAKE_MS = 5 * 60_000

type Sight = Pick<Parts, 'silentMs'>

export const isBlind = ({ silentMs }: Sight): boolean => silentMs() >= BLIND_AFTER_MS

/** Whether others see, and have room for a run of this process's version. */
type Others = 'none' | 'busy' | 'free'

async function others({ runs, limits, executorId, version }: Parts, running?: Execution['running']): Promise<Others> {
  const seeing = (await runs.liveExecutors(limits.leaseMs)).filter(
    (one) => one.id !== executorId && one.version === version && one.seesCluster,
  )
  if (seeing.length === 0) return 'none'
  const busy = (await running?.())?.filter(({ kind }) => kind === INVESTIGATE) ?? []
  return seeing.some(({ id }) => busy.filter(({ executor }) => executor === id).length < limits.concurrency) ? 'free' : 'busy'
}

/** Whether what is due is to be started by somebody else. */
export const isForOthers = async (parts: Parts): Promise<boolean> => isBlind(parts) && (await others(parts)) !== 'none'

/** Whether a run that needs to see now is better off in the queue. */
export const isBetterElsewhere = async (parts: Parts): Promise<boolean> =>
  isBlind(parts) && (parts.silentMs() < SIGHT_MAY_TAKE_MS || (await others(parts)) !== 'none')

/** Before a run is claimed. Returns when it may begin here; throws LostRun when it was given to the others. */
export async function waitForSight(parts: Parts, execution: Execution): Promise<void> {
  while (isBlind(parts)) {
    // The process ends, and hands over what it has.
    if (parts.life.draining) return new Promise<never>(() => {})
    const found = await others(parts, execution.running)
    if (found === 'none' && parts.silentMs() >= SIGHT_MAY_TAKE_MS) return
    if (found === 'free' && (await execution.isOurs())) {
      await execution.giveBack()
      parts.log.info({ run: execution.id }, 'the cluster does not answer this process: a run was left to another one')
      throw new LostRun()
    }
    await sleep(parts.limits.sweepMs)
  }
}

/** After it was claimed: fenced off first, so that nothing of this execution counts any more. */
export async function handBack({ runs, executorId, log }: Parts, execution: Execution, investigation: string): Promise<never> {
  if (await execution.isOurs()) {
    await runs.raiseEpochs([investigation], { from: executorId, count: false })
    await execution.giveBack()
    log.info({ run: execution.id }, 'the cluster does not answer this process: a run was put back')
  }
  throw new LostRun()
}
