import { z } from 'zod'
import { Metadata } from './meta.ts'

/** A Kubernetes Secret as far as the folder feeder reads it: the values for `secretKeyRef`. */
export const SecretManifest = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Secret'),
  metadata: Metadata,
  /** base64, as the API server stores it. */
  data: z.record(z.string(), z.base64()).nullish(),
  /** Plain text; wins over `data`. */
  stringData: z.record(z.string(), z.string()).nullish(),
})
export type SecretManifest = z.infer<typeof SecretManifest>

/** The values of a Secret, decoded. */
export function secretValues(secret: SecretManifest): Map<string, string> {
  const decoded = Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const)
  return new Map([...decoded, ...Object.entries(secret.stringData ?? {})])
}
