import { expect, test } from 'vitest'
import { KINDS } from './crd.ts'
import { dropNulls } from './manifest.ts'
import { CORPUS, manifestOf } from './manifest-corpus.ts'

// The other half, a real API server's verdict on the same manifests, is crd.cluster.test.ts.
test.each(CORPUS.map((one) => [one.kind, one.says, one.good ? 'good' : 'bad', one] as const))('%s, %s: %s', (kind, _, verdict, one) => {
  const parsed = KINDS.find((definition) => definition.kind === kind)!.schema.safeParse(dropNulls(manifestOf(one)))
  expect(parsed.error ? 'bad' : 'good').toBe(verdict)
})
