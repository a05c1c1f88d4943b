import { z } from 'zod'
import { Text } from './meta.ts'

/** An object to look at, as people write it. */
export const Target = z.strictObject({
  apiVersion: Text(317).optional().describe('Such as apps/v1; only needed where two groups have the kind.'),
  kind: Text(63).describe('Such as Deployment, or Namespace for all of one.'),
  namespace: Text(63).optional().describe("Default: the object's own that names it."),
  name: Text(253).describe('Name of the object.'),
})
export type Target = z.infer<typeof Target>
