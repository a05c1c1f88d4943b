import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the heap of Node is held to 384 MB by a ConfigMap; the build needs more, and its container would have it',
  now: '2026-05-07T12:34:00Z',
  steps: [
    { at: '-44d1h', apply: ['shared/platform.yaml'] },
    { at: '-27m', apply: ['10-bundler.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'bundler' },
      exits: { code: 134, after: 95 },
      logs: [
        { after: 1, text: '> site@991.0.0 build\n> next build' },
        {
          after: 94,
          text: `<--- Last few GCs --->
[19:0x7f3c1c000]    93411 ms: Mark-Compact 381.2 (396.1) -> 380.9 (396.4) MB, pooled: 0 MB, 702.11 / 0.00 ms  (average mu = 0.081, current mu = 0.011) allocation failure; scavenge might not succeed
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----
 1: 0xe16044 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
Aborted (core dumped)`,
        },
      ],
    },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'bundler', job_name: 'site-build-991', startsAt: '-11m' }),
}
