import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { matchesLabels } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Place } from '../rule.ts'

export const SILENT = /context deadline exceeded|timeout|Client\.Timeout/i

/** What is wrong with the call of a webhook, by the API server's words. */
interface Call {
  says: string
  /** The field below the webhook. */
  leaf: string
  directness: number
  /** Whether the reason may lie behind its Service. */
  isOpen: boolean
  alternatives: (Place & { summary: string })[]
}

/** The Service behind a webhook that a message says could not be called, whoever says it. */
export function webhookService(text: string): ObjectRef | null {
  const [, name, namespace] = /failed calling webhook "[^"]+".{0,80}https:\/\/([\w-]+)\.([\w-]+)\.svc/s.exec(text) ?? []
  if (name && namespace) return { apiVersion: 'v1', kind: 'Service', namespace, name }
  return null
}

export function configurationOf(snapshot: Snapshot, name: string): { configuration: KubeObject; hook: any } | undefined {
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const)
    for (const configuration of snapshot.all(kind)) {
      const hook = (configuration['webhooks'] ?? []).find((w: any) => w.name === name)
      if (hook) return { configuration, hook }
    }
  return undefined
}

export function judgeCall(
  snapshot: Snapshot,
  refused: KubeObject,
  hook: any,
  service: ObjectRef | null,
  why: string,
  isMissing: boolean,
): Call {
  const call = (says: string, leaf: string, directness: number, isOpen = false): Call => ({
    says,
    leaf,
    directness,
    isOpen,
    alternatives: [],
  })
  if (isMissing)
    return call(`calls a Service that does not exist (${service?.namespace}/${service?.name})`, 'clientConfig.service.name', 0.9)
  const port = /no service port (\d+) found for service/.exec(why)?.[1]
  if (port) {
    const target = service && snapshot.get('Service', service.namespace, service.name)
    const ports = (target?.spec?.ports ?? []).map((p: any) => p.port).join(', ')
    return {
      ...call(`calls port ${port}, which its Service does not have${ports ? ` (it has ${ports})` : ''}`, 'clientConfig.service.port', 0.9),
      alternatives: target ? [{ object: refOf(target), field: 'spec.ports', summary: `The Service should have port ${port}` }] : [],
    }
  }
  // The pods behind the webhook are themselves what it is asked about: nobody can answer.
  const selector = service && snapshot.get('Service', service.namespace, service.name)?.spec?.selector
  if (
    selector &&
    refused.metadata.namespace === service.namespace &&
    matchesLabels(selector, refused.spec?.template?.metadata?.labels ?? {}) &&
    /no endpoints|refused|deadline|timeout/i.test(why)
  )
    return call('is asked about its own pods, and without them nobody answers', 'namespaceSelector', 0.86)
  if (/certificate is valid for|not valid for any names/i.test(why))
    return call('has a certificate for another name', 'clientConfig.service.name', 0.7, true)
  if (/certificate has expired|not yet valid/i.test(why))
    return call('has a certificate that is not valid now', 'clientConfig.caBundle', 0.8, true)
  if (/x509|certificate|tls/i.test(why)) return call('has a certificate that the API server does not trust', 'clientConfig.caBundle', 0.9)
  if (/could not find the requested resource|\b404\b|not found/i.test(why))
    return call(`has nothing at the path ${hook?.clientConfig?.service?.path ?? '/'}`, 'clientConfig.service.path', 0.85)
  if (/lookup \S+.*no such host/.test(why) && hook?.clientConfig?.url)
    return call('is at an address that does not resolve', 'clientConfig.url', 0.85)
  return call('cannot be reached', SILENT.test(why) ? 'timeoutSeconds' : 'failurePolicy', 0.6, true)
}
