import { errorText } from '#kit/errors'
import type { Loop } from '#kit/loop'
import { everyMs } from '#kit/loop'
import { isBlind } from './blind.ts'
import type { Parts } from './parts.ts'
import type { Runs } from '#store'

export interface Heartbeat {
  /**
   * Whether this process has seen the database without a gap for a whole lease. After an outage everybody's sign of life is old: who
   * judged others before they could say that they live would take over from the living.
   */
  mayJudge(): boolean
  stop: Loop['stop']
}

/** Says that this process lives. A row that is gone means that others have its runs: `onFatal`. */
export function startHeartbeat(
  parts: Pick<Parts, 'clock' | 'log' | 'limits' | 'executorId' | 'onFatal' | 'silentMs'>,
  runs: Runs,
): Heartbeat {
  const { clock, log, limits, executorId, onFatal } = parts
  let last = clock.now().getTime()
  let steadySince = last
  const loop = everyMs(limits.heartbeatMs, 'the heartbeat', log, async () => {
    const began = clock.now().getTime()
    if (began - last > limits.leaseMs / 2) steadySince = began
    try {
      if (!(await runs.heartbeat(executorId, !isBlind(parts)))) {
        onFatal(
          new Error(
            `other processes took this one (${executorId}) for dead and have its runs: it gave no sign of life for more than ${limits.leaseMs} ms`,
          ),
        )
        return
      }
    } catch (error) {
      steadySince = Infinity
      log.warn({ error: errorText(error) }, 'no sign of life could be given')
      return
    }
    last = clock.now().getTime()
    if (steadySince === Infinity) steadySince = last
  })
  return { mayJudge: () => clock.now().getTime() - steadySince >= limits.leaseMs, stop: loop.stop }
}
