import { describe, expect, test } from 'vitest'
import { alertTitle, fingerprint, incidentGroup, instant, notificationKey, targetOf, type Alert } from '#alert'

describe('the fingerprint is the one that Alertmanager shows', () => {
  // The first two are the vectors of prometheus/common's tests; the others are spelt out below, with 64-bit arithmetic.
  test.each<[string, Record<string, string>]>([
    ['cbf29ce484222325', {}],
    [5799056148416392346n.toString(16), { name: 'garland, briggs', fear: 'love is not enough' }],
    [fnv('alertname', 'Ünïcode ☃ 🦊', 'zone', ''), { zone: '', alertname: 'Ünïcode ☃ 🦊' }],
    // U+1F98A sorts after U+FF5E by bytes, before it by UTF-16 units.
    [fnv('～', 'b', '🦊', 'a'), { '🦊': 'a', '～': 'b' }],
  ])('%s', (expected, labels) => {
    expect(fingerprint(labels)).toBe(expected.padStart(16, '0'))
  })

  function fnv(...texts: string[]): string {
    let hash = 0xcbf29ce484222325n
    for (const byte of Buffer.concat(texts.map((text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])])))) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
    }
    return hash.toString(16)
  }
})

describe('a time', () => {
  test.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000000Z'],
    ['2026-01-31T12:00:00.123456789Z', '2026-01-31T12:00:00.123456Z'],
    ['2026-01-31T12:00:00.5+02:00', '2026-01-31T10:00:00.500000Z'],
    ['2026-01-31t23:30:00.000001999-01:00', '2026-02-01T00:30:00.000001Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['0001-01-01T00:00:00+02:00', null],
    ['2026-02-29T00:00:00Z', null],
    ['2026-02-29T00:00:00+01:00', null],
    ['2026-13-01T00:00:00Z', null],
    ['2026-01-31T25:00:00Z', null],
    ['2026-01-31T12:00:00+25:00', null],
    ['2026-01-31', null],
    ['yesterday', null],
    ['', null],
  ])('%s → %s', (text, expected) => {
    expect(instant(text)).toBe(expected)
  })
})

const alert = (labels: Record<string, string>, more: Partial<Alert> = {}): Alert => ({
  status: 'firing',
  labels,
  annotations: {},
  startsAt: '2026-01-31T12:00:00Z',
  endsAt: null,
  generatorURL: '',
  fingerprint: fingerprint(labels),
  ...more,
})

describe('the key of a notification', () => {
  const [a, b] = [alert({ alertname: 'A' }), alert({ alertname: 'B' })]
  const notification = { receiver: 'r', groupKey: 'g', groupLabels: {}, truncatedAlerts: 0, alerts: [a, b] }
  const key = notificationKey('shop/am', notification)

  test.each([
    ['another order of its alerts', { alerts: [b, a] }],
    ['other annotations', { alerts: [{ ...a, annotations: { value: '2' } }, b] }],
    ['other group labels and counts', { groupLabels: { x: 'y' }, truncatedAlerts: 7 }],
  ])('is the same with %s', (_, change) => {
    expect(notificationKey('shop/am', { ...notification, ...change })).toBe(key)
  })

  test.each([
    ['receiver', { receiver: 'other' }],
    ['group', { groupKey: 'other' }],
    ['status', { alerts: [{ ...a, status: 'resolved' as const, endsAt: '2026-01-31T12:10:00Z' }, b] }],
    ['beginning, by a nanosecond', { alerts: [{ ...a, startsAt: '2026-01-31T12:00:00.000000001Z' }, b] }],
    ['set of alerts', { alerts: [a] }],
  ])('is another with another %s', (_, change) => {
    expect(notificationKey('shop/am', { ...notification, ...change })).not.toBe(key)
  })

  test('is another of another source, and with other unreadable alerts', () => {
    expect(notificationKey('shop/am2', notification)).not.toBe(key)
    expect(notificationKey('shop/am', notification, ['{}'])).not.toBe(key)
  })
})

describe('alerts are one incident', () => {
  const one = alert({ alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'a' })
  const other = alert({ alertname: 'KubePodNotReady', namespace: 'shop', pod: 'b' })
  const together = (by: string[] | undefined, groupLabels: Record<string, string>) =>
    incidentGroup('s', one, by, groupLabels).key === incidentGroup('s', other, by, groupLabels).key

  test.each<[string, string[] | undefined, Record<string, string>, boolean]>([
    ['in the sender’s group', undefined, { namespace: 'shop' }, true],
    ['with the same values of grouping.by', ['namespace'], {}, true],
    ['not with other values', ['pod'], { namespace: 'shop' }, false],
    ['with labels that all lack', ['team'], {}, true],
    ['not when the sender does not group and their names differ', undefined, {}, false],
  ])('%s', (_, by, groupLabels, expected) => {
    expect(together(by, groupLabels)).toBe(expected)
  })

  test('and not of two sources', () => {
    expect(incidentGroup('a/x', one, ['pod'], {}).key).not.toBe(incidentGroup('b/x', one, ['pod'], {}).key)
  })

  test('whose labels say what they share; a missing one is empty', () => {
    expect(incidentGroup('s', one, ['team', 'namespace', 'team'], {}).labels).toEqual({ namespace: 'shop', team: '' })
    expect(incidentGroup('s', one, undefined, {}).labels).toEqual({ alertname: 'KubePodCrashLooping', namespace: 'shop' })
  })
})

test.each([
  [{ alertname: 'X', pod: 'p' }, 'X'],
  [{ pod: 'p' }, 'p'],
  [{}, 'cbf29ce484222325'],
])('the title of %j is %s', (labels, title) => {
  expect(alertTitle(alert(labels))).toBe(title)
})

describe('what an alert of kube-prometheus is about', () => {
  const ksm = {
    job: 'kube-state-metrics',
    container: 'kube-state-metrics',
    endpoint: 'http',
    instance: '10.0.0.4:8080',
    service: 'prom-kube-state-metrics',
  }
  const ofKsm = { ...ksm, pod: 'prom-kube-state-metrics-5f-x', namespace: 'monitoring' }
  const exporter = {
    job: 'node-exporter',
    container: 'node-exporter',
    namespace: 'monitoring',
    pod: 'node-exporter-8k',
    service: 'node-exporter',
  }

  test.each<[string, Record<string, string>, string | null]>([
    ['KubePodCrashLooping', { ...ksm, namespace: 'shop', pod: 'payments-5c-x', container: 'payments' }, 'v1 Pod shop/payments-5c-x'],
    ['KubeDeploymentReplicasMismatch', { ...ofKsm, namespace: 'shop', deployment: 'payments' }, 'apps/v1 Deployment shop/payments'],
    ['KubeStatefulSetReplicasMismatch', { ...ofKsm, namespace: 'db', statefulset: 'pg' }, 'apps/v1 StatefulSet db/pg'],
    ['KubeDaemonSetRolloutStuck', { ...ofKsm, namespace: 'logs', daemonset: 'fluent' }, 'apps/v1 DaemonSet logs/fluent'],
    ['KubeJobFailed', { ...ofKsm, namespace: 'shop', job_name: 'nightly-1' }, 'batch/v1 Job shop/nightly-1'],
    ['CronJob alert', { ...ofKsm, namespace: 'shop', cronjob: 'nightly', job_name: 'nightly-1' }, 'batch/v1 CronJob shop/nightly'],
    ['KubeHpaMaxedOut', { ...ofKsm, namespace: 'shop', horizontalpodautoscaler: 'web' }, 'autoscaling/v2 HorizontalPodAutoscaler shop/web'],
    ['KubePdbNotEnoughHealthyPods', { ...ofKsm, namespace: 'shop', poddisruptionbudget: 'web' }, 'policy/v1 PodDisruptionBudget shop/web'],
    [
      'KubePersistentVolumeFillingUp',
      {
        job: 'kubelet',
        namespace: 'db',
        persistentvolumeclaim: 'data-pg-0',
        node: 'n1',
        service: 'prom-kubelet',
        endpoint: 'https-metrics',
      },
      'v1 PersistentVolumeClaim db/data-pg-0',
    ],
    ['KubePersistentVolumeErrors', { ...ofKsm, persistentvolume: 'pv-1', phase: 'Failed' }, 'v1 PersistentVolume pv-1'],
    ['KubeQuotaFullyUsed', { ...ofKsm, namespace: 'shop', resourcequota: 'q', resource: 'pods' }, 'v1 ResourceQuota shop/q'],
    ['KubeNodeNotReady', { ...ofKsm, node: 'n1', condition: 'Ready' }, 'v1 Node n1'],
    ['KubeletTooManyPods', { node: 'n1', job: 'kubelet', instance: '10.0.0.1:10250' }, 'v1 Node n1'],
    [
      'NodeFilesystemAlmostOutOfSpace, instances named by node',
      { ...exporter, instance: 'worker-3:9100', mountpoint: '/' },
      'v1 Node worker-3',
    ],
    [
      'NodeFilesystemAlmostOutOfSpace, instances by address',
      { ...exporter, instance: '10.0.0.7:9100' },
      'v1 Pod monitoring/node-exporter-8k',
    ],
    ['KubePodCrashLooping of the exporter itself', ofKsm, 'v1 Pod monitoring/prom-kube-state-metrics-5f-x'],
    ['CPUThrottlingHigh', { namespace: 'shop', pod: 'web-1', container: 'web' }, 'v1 Pod shop/web-1'],
    [
      'PrometheusRuleFailures',
      { job: 'prometheus', namespace: 'monitoring', pod: 'prometheus-0', container: 'prometheus', service: 'prom' },
      'v1 Pod monitoring/prometheus-0',
    ],
    ['TargetDown', { job: 'payments', namespace: 'shop', service: 'payments' }, 'v1 Service shop/payments'],
    [
      'Ingress errors',
      { job: 'ingress-nginx', namespace: 'shop', ingress: 'shop', service: 'web', pod: 'ingress-nginx-1' },
      'networking.k8s.io/v1 Ingress shop/shop',
    ],
    [
      'a recording rule by workload',
      { namespace: 'shop', workload: 'web', workload_type: 'Deployment', pod: 'web-1' },
      'apps/v1 Deployment shop/web',
    ],
    ['honorLabels: false', { ...ofKsm, exported_namespace: 'shop', exported_pod: 'web-1', exported_container: 'web' }, 'v1 Pod shop/web-1'],
    ['NamespaceQuota by namespace only', { namespace: 'shop', severity: 'info' }, 'v1 Namespace shop'],
    ['KubeAPIDown', { job: 'apiserver' }, null],
    ['a deployment in no namespace', { deployment: 'web' }, null],
    ['an empty pod', { namespace: 'shop', pod: '' }, 'v1 Namespace shop'],
  ])('%s', (_, labels, expected) => {
    const target = targetOf({ labels })
    expect(target && `${target.apiVersion} ${target.kind} ${target.namespace === null ? '' : `${target.namespace}/`}${target.name}`).toBe(
      expected,
    )
  })
})
