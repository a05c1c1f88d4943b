import { expressionProblems, secretRefs } from '#kinds/acceptance'
import type { Sink } from '#kinds/sink'
import { missingSecrets } from './missing-secrets.ts'
import type { Reconciler } from './reconciler.ts'

/** Whether the other side answers is not asked: that shows at each delivery, and a ping of every chat every minute helps nobody. */
export const sinkReconciler: Reconciler<Sink> = {
  accept: async (sink) => expressionProblems(sink),
  references: () => [],
  cost: (sink) => secretRefs(sink).length,
  works: () => 'Results can be sent.',
  ready: (sink, world) => missingSecrets(sink, world),
}
