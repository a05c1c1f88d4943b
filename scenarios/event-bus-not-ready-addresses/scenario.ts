import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const NATS = { namespace: 'event-bus', labels: { app: 'nats' } }
const scale = (replicas: number): Patch => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'event-bus', name: 'nats', patch: { spec: { replicas } } })
const at = (level: string, text: string) => `[7] {date}.3{ms}117 [${level}] ${text}`
const lost = (n: number) => at('ERR', `Error trying to connect to route (attempt {n}): lookup for host "nats-${n}.nats-headless": lookup nats-${n}.nats-headless on 10.96.0.10:53: no such host`)

export const scenario: Scenario = {
  title: 'the governing Service of NATS names ready pods only, so that none becomes ready',
  now: '2026-09-29T05:14:40Z',
  nodes: [
    { name: 'nbg1-game-1', ip: '10.0.0.3' },
    { name: 'nbg1-game-2', ip: '10.0.0.4' },
    { name: 'nbg1-game-3', ip: '10.0.0.5' },
  ],
  steps: [
    { at: '-90d', apply: ['shared/victoria.yaml'], manager: 'flux' },
    { at: '-63d', apply: ['10-nats.yaml', '20-economy.yaml'], manager: 'helm' },
    // The chart gave way to manifests of the team's own.
    {
      at: '-9d2h',
      manager: 'kustomize-controller',
      patch: [{ apiVersion: 'v1', kind: 'Service', namespace: 'event-bus', name: 'nats-headless', patch: { spec: { publishNotReadyAddresses: null }, metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'event-bus' } } } }],
    },
    // Maintenance of the disks: all off, all on.
    { at: '-54m', patch: [scale(0)] },
    { at: '-46m30s', patch: [scale(3)] },
  ],
  behaviours: [
    ...around,
    {
      pods: NATS,
      logs: [
        { after: 0.1, text: at('INF', 'Starting nats-server') },
        { after: 0.1, text: at('INF', '  Version:  2.12.1') },
        { after: 0.1, text: at('INF', '  Cluster:  nats') },
        { after: 0.2, text: at('INF', 'Using configuration file: /etc/nats-config/nats.conf') },
        { after: 0.3, text: at('INF', 'Starting http monitor on 0.0.0.0:8222') },
        { after: 0.3, text: at('INF', 'Starting JetStream') },
        { after: 0.5, text: at('INF', 'Starting JetStream cluster') },
        { after: 0.5, text: at('INF', 'Creating JetStream metadata controller') },
        { after: 0.6, text: at('INF', 'JetStream cluster recovering state') },
        { after: 0.7, text: at('INF', 'Listening for client connections on 0.0.0.0:4222') },
        { after: 0.7, text: at('INF', 'Server is ready') },
        { after: 0.8, text: at('INF', 'Cluster name is nats') },
        { after: 0.8, text: at('INF', 'Listening for route connections on 0.0.0.0:6222') },
      ],
    },
    {
      pods: NATS,
      since: '-46m30s',
      probes: { readiness: { status: 503 } },
      logs: [
        { after: 3, every: 30, text: `${lost(0)}\n${lost(1)}\n${lost(2)}` },
        { after: 10, every: 10, text: at('WRN', 'Healthcheck failed: "JetStream has not established contact with a meta leader"') },
        { after: 12, every: 60, text: at('WRN', 'Waiting for routing to be established...') },
      ],
    },
    { pods: { namespace: 'economy', labels: { app: 'inventory' } }, logs: [{ after: 2, text: '{"level":"INFO","ts":"{time}","msg":"inventory up","grpc":":9090"}' }, { after: 20, every: 22, text: '{"level":"INFO","ts":"{time}","msg":"GetInventory","player":"{id}","took_ms":{ms}}' }] },
    { pods: { namespace: 'economy', labels: { app: 'inventory-projector' } }, logs: [{ after: 1, text: '{"level":"INFO","ts":"{time}","msg":"connected","server":"nats-1","stream":"PLAYER_EVENTS","consumer":"inventory-projector"}' }] },
    { pods: { namespace: 'economy', labels: { app: 'inventory-projector' } }, until: '-54m', logs: [{ after: 20, every: 20, text: '{"level":"INFO","ts":"{time}","msg":"projected","events":4{ms},"lag":0}' }] },
    {
      pods: { namespace: 'economy', labels: { app: 'inventory-projector' } },
      since: '-54m',
      logs: [
        { after: 0, text: '{"level":"WARN","ts":"{time}","msg":"disconnected","err":"EOF"}' },
        { after: 2, every: 15, text: '{"level":"ERROR","ts":"{time}","msg":"reconnect failed","url":"nats://nats.event-bus.svc.cluster.local:4222","err":"dial tcp 10.96.118.64:4222: connect: connection refused","attempt":{n}}' },
        { after: 40, every: 60, text: '{"level":"ERROR","ts":"{time}","msg":"pull from PLAYER_EVENTS failed","err":"nats: no servers available for connection"}' },
      ],
    },
  ],
  alert: ownRule('InventoryProjectionStale', {
    startsAt: '-39m',
    labels: { namespace: 'economy', deployment: 'inventory-projector', severity: 'critical', team: 'live-economy', prometheus: 'metrics/vmsingle' },
    summary: "Players' inventories are out of date.",
    description: 'inventory-projector has projected no event for 15 minutes; purchases do not show up.',
    expr: 'rate(projected_events_total{namespace="economy"}[15m]) == 0',
  }),
}
