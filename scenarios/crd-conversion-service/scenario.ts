import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a CustomResourceDefinition’s conversion calls a Service that was renamed; the operator cannot list its objects and ends',
  now: '2026-07-28T16:55:05Z',
  steps: [
    { at: '-80d', apply: ['10-operator.yaml'] },
    { at: '-50m', manager: 'helm', delete: [{ apiVersion: 'v1', kind: 'Service', namespace: 'backup-system', name: 'backup-webhook' }] },
    { at: '-49m50s', manager: 'helm', apply: ['20-service.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'backup-system', labels: { app: 'backup-operator' } },
      since: '-49m',
      exits: { code: 1, after: 125 },
      logs: [
        { after: 1, text: '{time}\tINFO\tsetup\tstarting manager\t{"version": "v2.8.0"}' },
        {
          after: 3,
          every: 30,
          text: 'E0728 16:08:14.201123       1 reflector.go:205] "Failed to watch" err="failed to list *v2.Schedule: conversion webhook for backup.tools.example/v1, Kind=Schedule failed: Post \\"https://backup-webhook.backup-system.svc:443/convert?timeout=30s\\": service \\"backup-webhook\\" not found" type="*v2.Schedule"',
        },
        {
          after: 122,
          text: '{time}\tERROR\tcontroller-runtime.source.Kind\ttimed out waiting for cache to be synced\t{"kind": "Schedule.backup.tools.example"}\n{time}\tERROR\tsetup\tproblem running manager\t{"error": "failed to wait for schedule caches to sync: timed out waiting for cache to be synced"}',
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'backup-system',
      pod: podsOf('backup-system', 'backup-operator-')[0].metadata.name,
      container: 'manager',
      startsAt: '-30m',
    }),
}
