import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const matchmaker = { kind: 'Deployment', namespace: 'arena-eu', name: 'matchmaker' } as const

export const scenario: Scenario = {
  title: 'a game’s roll-out wants one pod more than the tenant may have, and may not take one away first',
  now: '2026-06-11T20:14:33Z',
  steps: [
    { at: '-19d4h2m', apply: ['10-arena.yaml'] },
    { at: '-52m11s', manager: 'argocd-controller', patch: [setImage(matchmaker, 'matchmaker', 'ghcr.io/arena-games/matchmaker:2.31.0')] },
  ],
  behaviours: [
    { pods: { namespace: 'arena-eu', name: 'matchmaker' }, logs: [{ after: 3, every: 41, text: '{time} INFO matchmaker::pool: matched players=10 queue=ranked waited_ms={ms}' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'arena-eu', deployment: 'matchmaker', startsAt: '-26m40s' }),
}
