import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const WRONG = 'ghcr.io/metrolink-example/gtfs-import:v3.12.0'
const cron = (patch: Json, subresource?: 'status'): Patch => ({ apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'timetables', name: 'gtfs-import', patch, ...(subresource ? { subresource } : {}) })
const CONTROLLER = 'kube-controller-manager'

export const scenario: Scenario = {
  title: 'a CronJob was given an image tag that nobody pushed',
  now: '2026-06-16T04:02:30Z',
  nodes: [
    { name: 'do-fra1-pool-8gb-o2kx1', ip: '10.114.0.2' },
    { name: 'do-fra1-pool-8gb-o2kx4', ip: '10.114.0.3' },
  ],
  steps: [
    { at: '-88d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-40d', apply: ['10-timetables.yaml'], manager: 'kustomize-controller' },
    { at: '-1d1h47m', apply: ['20-yesterday.yaml'], manager: CONTROLLER },
    { at: '-1d1h46m', wait: 3500 },
    // The release of the afternoon before.
    { at: '-12h21m', manager: 'kustomize-controller', patch: [cron({ spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'import', image: WRONG }] } } } } } })] },
    { at: '-1h47m30s', apply: ['21-tonight.yaml'], manager: CONTROLLER },
    {
      at: '-1h47m',
      manager: CONTROLLER,
      patch: [
        cron(
          {
            status: {
              lastScheduleTime: '2026-06-16T02:15:00Z',
              active: [{ apiVersion: 'batch/v1', kind: 'Job', namespace: 'timetables', name: 'gtfs-import-29692935' }],
            },
          },
          'status',
        ),
      ],
    },
  ],
  behaviours: [
    ...around,
    { pods: { namespace: 'timetables', labels: { app: 'gtfs-import' }, where: ({ spec }) => spec.containers[0].image === WRONG }, pull: registry.notFound(WRONG) },
    {
      pods: { namespace: 'timetables', labels: { app: 'gtfs-import' } },
      logs: [
        { after: 1, text: '{time} INFO gtfs-import: downloading https://feeds.example.org/gtfs/metrolink.zip' },
        { after: 6, text: '{time} INFO gtfs-import: 1204 trips, 88231 stop times, 0 errors, 14 warnings' },
        { after: 13, text: '{time} INFO gtfs-import: feed version 20260615 is live' },
      ],
    },
    { pods: { namespace: 'timetables', labels: { app: 'departures' } }, logs: [{ after: 2, text: '{utc} [info] Running Departures.Endpoint with Bandit 1.8.0 at :::4000 (http)' }, { after: 10, every: 24, text: '{utc} request_id={id} [info] GET /v2/stops/900{port}/departures - Sent 200 in {ms}ms' }] },
  ],
  alert: (podsOf) =>
    kubePrometheus.containerWaiting({
      namespace: 'timetables',
      pod: podsOf('timetables', 'gtfs-import-29692935')[0]?.metadata.name,
      container: 'import',
      reason: 'ImagePullBackOff',
      startsAt: '-46m',
    }),
}
