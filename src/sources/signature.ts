import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether a header holds the HMAC-SHA256 of the body in hex, as GitHub (`sha256=…`), PagerDuty (`v1=…`, several by comma while a secret is
 * replaced) and Grafana (bare) write it. Compares in constant time.
 */
export function isSigned(body: Uint8Array, secret: string, header: string): boolean {
  const wanted = createHmac('sha256', secret).update(body).digest()
  return header
    .split(',')
    .map((one) => Buffer.from(/^\s*(?:[a-z0-9-]+=)?([0-9a-f]{64})\s*$/i.exec(one)?.[1] ?? '', 'hex'))
    .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted))
}
