import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the init container of a bare pod mistypes its command',
  now: '2026-02-27T16:32:00Z',
  steps: [
    { at: '-30d2h', apply: ['shared/platform.yaml'] },
    { at: '-28m30s', apply: ['10-pod.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'ops-tools' },
      container: 'downloader',
      runtime: {
        reason: 'RunContainerError',
        message:
          'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "wgte": executable file not found in $PATH',
      },
    },
  ],
  alert: crashLooping('ops-tools', 'log-agent', 'downloader', '-14m'),
}
