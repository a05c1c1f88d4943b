import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from './api.ts'

interface Certificate {
  cert: Buffer
  key: Buffer
}

/** A certificate that signs itself for one host, made once a control plane. Node cannot make one; openssl can (a common name has 64 letters at most). */
export function certificateFor(dir: string, host: string): Certificate {
  const [cert, key] = [join(dir, 'certs', `${host}.crt`), join(dir, 'certs', `${host}.key`)]
  if (!existsSync(cert)) {
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '365']
    execFileSync(
      'openssl',
      ['req', ...kind, '-keyout', key, '-out', cert, '-subj', `/CN=${host.slice(0, 64)}`, '-addext', `subjectAltName=DNS:${host}`],
      { stdio: 'ignore', timeout: 10_000 },
    )
  }
  return { cert: readFileSync(cert), key: readFileSync(key) }
}

/** A webhook configuration without a CA bundle gets the one of its Service, as an injector would write it. */
export function withBundles(object: KubeObject, dir: string): KubeObject {
  if (!object.kind?.endsWith('WebhookConfiguration')) return object
  const webhooks = object.webhooks.map((webhook: KubeObject) => {
    const { service, caBundle } = webhook.clientConfig
    if (!service || caBundle) return webhook
    const { cert } = certificateFor(dir, `${service.name}.${service.namespace}.svc`)
    return { ...webhook, clientConfig: { service, caBundle: cert.toString('base64') } }
  })
  return { ...object, webhooks }
}
