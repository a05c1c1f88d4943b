import { ago, configMap, deployment, edited, object, pod, podSpec, running, service, unready } from '../fixtures.ts'

/** Larger parts of clusters for tests: controllers of Ingresses, DaemonSets, DNS, programs that say something. */

export const rep = (line: string, n = 9): any => ({ ...running, log: Array.from({ length: n }, () => line).join('\n') })
export const urep = (line: string, n = 9): any => ({ ...unready, log: Array.from({ length: n }, () => line).join('\n') })
export const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
export const dep = (name: string, app: any = {}, state: any = running, more: any = {}, p: any = {}) =>
  deployment(name, podSpec(app, p), Array.isArray(state) ? state : [state], more)
export const says = (text: string, labels: Record<string, string> = {}, name = '') => ({
  annotations: { description: text },
  labels: { ...labels, ...(name ? { alertname: name } : {}) },
})
export const inside = (namespace: string, objects: any[]) =>
  objects.flat(3).map((o: any) => {
    o.metadata.namespace = namespace
    if (o.involvedObject) o.involvedObject.namespace = namespace
    return o
  })
export const nons = (o: any) => {
  delete o.metadata.namespace
  return o
}
export const oom: any = {
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  last: { exitCode: 137, reason: 'OOMKilled', startedAt: ago('3m'), finishedAt: ago('2m') },
  restarts: 9,
}
export const ingress = (name: string, host: string, to: string, metadata: any = {}, spec: any = {}) =>
  object('networking.k8s.io/v1', 'Ingress', name, {
    metadata,
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: to, port: { number: 80 } } } }] } }],
      ...spec,
    },
  })
export const nginx = (log: string, cm: any = null, state: any = null) => [
  nons(object('networking.k8s.io/v1', 'IngressClass', 'nginx', { spec: { controller: 'k8s.io/ingress-nginx' } })),
  ...inside('ingress-nginx', [
    dep(
      'ingress-nginx-controller',
      {
        image: 'registry.k8s.io/ingress-nginx/controller:v1.13',
        args: ['/nginx-ingress-controller', '--configmap=$(POD_NAMESPACE)/ingress-nginx-controller', '--ingress-class=nginx'],
      },
      state ?? rep(log),
    ),
    ...(cm ? [cm] : []),
  ]),
]
export const daemon = (name: string, spec: any, states: [string, any][], more: any = {}): any[] => [
  object('apps/v1', 'DaemonSet', name, {
    metadata: more.metadata ?? {},
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec } },
    status: { desiredNumberScheduled: states.length, numberReady: states.filter(([, s]) => s.ready).length },
  }),
  ...states.map(([on, state], i) =>
    pod(
      `${name}-${i}`,
      spec,
      { ...state, node: on },
      {
        labels: { app: name },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: `uid-DaemonSet-${name}`, controller: true }],
      },
    ),
  ),
]
export const stateful = (name: string, spec: any, states: any[], more: any = {}): any[] => [
  object('apps/v1', 'StatefulSet', name, {
    metadata: more.metadata ?? {},
    spec: {
      replicas: more.replicas ?? states.length,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
    },
    status: { replicas: states.length, readyReplicas: states.filter((s) => s.ready).length },
  }),
  ...states.map((state, i) =>
    pod(`${name}-${i}`, spec, state, {
      labels: { app: name },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: `uid-StatefulSet-${name}`, controller: true }],
    }),
  ),
]
export const sys = (...o: any[]) => inside('kube-system', o)
export const coredns = (corefile: string, state: any = running, at: string | null = null, more: any = {}) =>
  sys(
    service('kube-dns', { app: 'coredns' }, [{ port: 53 }]),
    dep(
      'coredns',
      { args: ['-conf', '/etc/coredns/Corefile'], volumeMounts: [{ name: 'c', mountPath: '/etc/coredns' }], ...more },
      state,
      {},
      { volumes: [{ name: 'c', configMap: { name: 'coredns' } }] },
    ),
    configMap('coredns', { Corefile: corefile }, at ? edited({ 'f:data': { 'f:Corefile': {} } }, at) : {}),
  )
export const editedMap = (name: string, data: any, at = ago('22m')) =>
  configMap(name, data, edited({ 'f:data': { [`f:${Object.keys(data)[0]}`]: {} } }, at))
export const custom = (apiVersion: string, kind: string, name: string, spec: any, status: any = undefined, metadata: any = {}) =>
  object(apiVersion, kind, name, { spec, ...(status ? { status } : {}), metadata })
export const cond = (type: string, status: string, reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: ago('15m'),
})
export const T = 'Deployment shop/web'
export type Case = [string, any[], string | null, any, RegExp | string]

/** A whole answer, or what fits. */
export const exactly = (expected: string | RegExp): RegExp =>
  typeof expected === 'string' ? new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : expected
