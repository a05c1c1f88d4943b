import { z } from 'zod'
import { Duration, Text, withRules } from './meta.ts'

/** What is an alert, in the order of the documentation. */
export const WATCHED_PROBLEMS = ['CrashLoop', 'OutOfMemory', 'ImagePull', 'FailedJob', 'Unschedulable', 'NodeNotReady'] as const
export type WatchedProblem = (typeof WATCHED_PROBLEMS)[number]

/** Alerts that are made from watches, with the identity of the Workflow's ServiceAccount. */
export const KubernetesSource = withRules(
  z.strictObject({
    problems: z
      .array(z.enum(WATCHED_PROBLEMS))
      .min(1)
      .max(16)
      .optional()
      .describe('What is an alert. Default: all; NodeNotReady only with `scope: Cluster`.'),
    scope: z
      .enum(['Namespace', 'Cluster'])
      .optional()
      .describe(
        "Namespace: the Source's own. Cluster: all namespaces, and nodes; the Workflow's ServiceAccount must be allowed to. Default Namespace.",
      ),
    selector: Text(1024)
      .optional()
      .describe("Labels of the pods and Jobs that count, in kubectl's words: `app=web,tier in (a,b)`. Nodes are not chosen by it."),
    for: Duration.optional().describe(
      'How long it must last until it is an alert. Default: 30s for Unschedulable and NodeNotReady, 0s for the others, which Kubernetes tells late by itself.',
    ),
  }),
  [
    {
      rule: "!has(self.problems) || !('NodeNotReady' in self.problems) || (has(self.scope) && self.scope == 'Cluster')",
      message: 'nodes belong to no namespace: NodeNotReady needs `scope: Cluster`',
      holds: ({ problems, scope }) => !problems?.includes('NodeNotReady') || scope === 'Cluster',
    },
  ],
)
export type KubernetesSource = z.infer<typeof KubernetesSource>

/** Those that hold when a Source names none. */
export const problemsOf = ({ problems, scope }: KubernetesSource): readonly WatchedProblem[] =>
  problems ?? WATCHED_PROBLEMS.filter((one) => one !== 'NodeNotReady' || scope === 'Cluster')
