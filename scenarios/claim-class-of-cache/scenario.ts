import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a login service cannot reach its cache, whose claim names a class of another cloud',
  now: '2026-08-20T20:02:02Z',
  steps: [
    { at: '-53m', manager: 'helm', apply: ['10-sessions.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'sessions', name: 'login' },
      exits: { code: 1, after: 8 },
      logs: [
        { after: 1, text: '{time}  INFO login: starting version=3.18.0' },
        { after: 7, text: "thread 'main' panicked at src/session/store.rs:41:10:\nsession store: Connection refused (os error 111) connecting to redis:6379\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace" },
      ],
    },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'sessions', pod: podsOf('sessions', 'login-')[0].metadata.name, container: 'login', startsAt: '-37m' }),
}
