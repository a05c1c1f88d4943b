import type { KubeObject } from '../reader.ts'

/**
 * Old bundles hold old versions of the API. Each kind is kept in one shape, the one of today, so that no rule has to know
 * `extensions/v1beta1`. Most old versions differ by their name only; the others are converted here.
 */
export function modernize(object: KubeObject): KubeObject {
  switch (`${object.apiVersion} ${object.kind}`) {
    case 'events.k8s.io/v1 Event':
    case 'events.k8s.io/v1beta1 Event':
      return coreEvent(object)
    case 'extensions/v1beta1 Ingress':
    case 'networking.k8s.io/v1beta1 Ingress':
      return modernIngress(object)
    case 'autoscaling/v1 HorizontalPodAutoscaler':
      return modernAutoscaler(object)
    case 'discovery.k8s.io/v1beta1 EndpointSlice':
      for (const endpoint of object['endpoints'] ?? []) endpoint.nodeName ??= endpoint.topology?.['kubernetes.io/hostname']
      return object
    default:
      return object
  }
}

/** events.k8s.io tells the same as core/v1 in other words. */
function coreEvent(event: KubeObject): KubeObject {
  const { regarding, note, deprecatedCount, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedSource, ...rest } = event
  const series = rest['series']
  return {
    ...rest,
    apiVersion: 'v1',
    involvedObject: regarding ?? {},
    message: note ?? '',
    source: deprecatedSource ?? { component: rest['reportingController'] },
    reportingComponent: rest['reportingController'],
    firstTimestamp: deprecatedFirstTimestamp ?? rest['eventTime'] ?? null,
    lastTimestamp: series?.lastObservedTime ?? deprecatedLastTimestamp ?? rest['eventTime'] ?? null,
    count: deprecatedCount ?? series?.count ?? 1,
  } as KubeObject
}

const modernBackend = (backend: any): any =>
  backend?.serviceName === undefined
    ? backend
    : {
        service: {
          name: backend.serviceName,
          port: typeof backend.servicePort === 'number' ? { number: backend.servicePort } : { name: backend.servicePort },
        },
      }

function modernIngress(ingress: KubeObject): KubeObject {
  const { backend, rules, ...spec } = ingress.spec ?? {}
  return {
    ...ingress,
    spec: {
      ...spec,
      ...(backend && { defaultBackend: modernBackend(backend) }),
      ...(rules && {
        rules: rules.map((rule: any) => ({
          ...rule,
          ...(rule.http && {
            http: { paths: (rule.http.paths ?? []).map((path: any) => ({ ...path, backend: modernBackend(path.backend) })) },
          }),
        })),
      }),
    },
  }
}

function modernAutoscaler(autoscaler: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = autoscaler.spec ?? {}
  const { currentCPUUtilizationPercentage: current, ...status } = autoscaler.status ?? {}
  const cpu = (field: string, averageUtilization: number | undefined): object[] | undefined =>
    averageUtilization === undefined
      ? undefined
      : [{ type: 'Resource', resource: { name: 'cpu', [field]: { type: 'Utilization', averageUtilization } } }]
  // v1 keeps what it has no field for in annotations, as JSON.
  const annotated = (name: string): unknown => {
    try {
      return JSON.parse(autoscaler.metadata.annotations?.[`autoscaling.alpha.kubernetes.io/${name}`] ?? 'null') ?? undefined
    } catch {
      return undefined
    }
  }
  return {
    ...autoscaler,
    spec: { ...spec, metrics: spec.metrics ?? cpu('target', target) },
    status: {
      ...status,
      currentMetrics: status.currentMetrics ?? cpu('current', current),
      conditions: status.conditions ?? annotated('conditions'),
    },
  }
}
