import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, ApiError, type Json, type KubeObject } from '../api.ts'
import { forContainer, type TimedBehaviour } from './behaviours.ts'

/** The kind that stands in for a metrics-server's API; left out of recordings, where a real cluster has none. */
export const METRICS_CRD = 'pods.metrics.k8s.io'
const PATH = '/apis/metrics.k8s.io/v1beta1'

/**
 * The metrics API as an autoscaler reads it. A real one is an aggregated server; to its readers, objects of a custom kind
 * of the same group and name are the same.
 */
export class PodMetrics {
  readonly #api: Api
  readonly #written = new Map<string, string>()

  constructor(api: Api) {
    this.#api = api
  }

  async install(): Promise<void> {
    await this.#api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', DEFINITION)
    for (let attempt = 0; attempt < 100; attempt++) {
      const served = await this.#api.get(`${PATH}/pods`).catch((error: unknown) => {
        if (error instanceof ApiError) return null
        throw error
      })
      if (served) return
      await sleep(50)
    }
    throw new Error('the metrics API did not come')
  }

  /** Once a pod, and again when what it uses changes. */
  async report(pod: KubeObject, behaviours: readonly TimedBehaviour[], now: number): Promise<void> {
    const { name, namespace, labels, uid } = pod.metadata
    const containers = pod.spec.containers.flatMap((c: Json) => {
      const active = forContainer(behaviours, c.name, false).find((b) => b.usage && b.since <= now && now < b.until)
      return active?.usage ? [{ name: c.name, usage: active.usage }] : []
    })
    const text = `${uid} ${JSON.stringify(containers)}`
    const path = `${PATH}/namespaces/${namespace}/pods/${name}`
    if (containers.length === 0 || this.#written.get(path) === text) return
    this.#written.set(path, text)
    const metrics = { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics', metadata: { name, namespace, labels } }
    await this.#api.apply(
      path,
      { ...metrics, timestamp: new Date().toISOString(), window: '15s', containers } as KubeObject,
      'metrics-server',
    )
  }
}

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: METRICS_CRD, annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' } },
  spec: {
    group: 'metrics.k8s.io',
    scope: 'Namespaced',
    names: { plural: 'pods', singular: 'pod', kind: 'PodMetrics', listKind: 'PodMetricsList' },
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}
