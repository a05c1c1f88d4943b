import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'ten times the scenarios do not fit into a heap of 512 MB; the container would have 2 GB',
  now: '2026-05-20T06:45:00Z',
  steps: [
    { at: '-22d3h12m8s', apply: ['10-risk.yaml'] },
    { at: '-1h17m', manager: 'kubectl-set', patch: [setEnv({ kind: 'Deployment', namespace: 'risk', name: 'var-engine' }, 'engine', 'SCENARIOS', '100000')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'risk', where: (pod) => envOf(pod, 'SCENARIOS') === '100000' },
      exits: { code: 3, after: 74 },
      logs: [
        { after: 0, text: 'Picked up JAVA_TOOL_OPTIONS: -Xmx512m -XX:+ExitOnOutOfMemoryError' },
        { after: 11, text: '{time}  INFO 1 --- [           main] c.r.v.VarEngineApplication               : Started VarEngineApplication in 9.8 seconds' },
        { after: 20, text: '{time}  INFO 1 --- [     compute-1] c.r.v.SimulationService                  : simulating 100000 scenarios over 250 days' },
        { after: 73, text: 'Terminating due to java.lang.OutOfMemoryError: Java heap space' },
      ],
    },
    { pods: { namespace: 'risk' }, logs: [{ after: 11, text: '{time}  INFO 1 --- [           main] c.r.v.VarEngineApplication               : Started VarEngineApplication in 9.8 seconds' }] },
  ],
  alert: crashLooping('risk', 'var-engine-', 'engine', '-49m'),
}
