import { z } from 'zod'
import { Duration, Label, Text, withRules } from './meta.ts'

/** What is an alert, in the order of the documentation. */
export const WATCHED_PROBLEMS = [
  'CrashLoop',
  'OutOfMemory',
  'ImagePull',
  'FailedJob',
  'Unschedulable',
  'NodeNotReady',
  'WarningEvent',
] as const
export type WatchedProblem = (typeof WATCHED_PROBLEMS)[number]

const EventFilter = z.strictObject({
  reasons: z.array(Text(128)).min(1).max(64).optional().describe('Only these: `FailedMount`, `FailedCreate`, … Default: every reason.'),
  kinds: z
    .array(Text(63))
    .min(1)
    .max(64)
    .optional()
    .describe('Only about objects of these kinds: `Pod`, `ReplicaSet`, … Default: every kind.'),
  namespaces: z
    .array(Label)
    .min(1)
    .max(64)
    .optional()
    .describe('Only in these, with `scope: Cluster`; those about nodes are in `default`. Default: all.'),
  minCount: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('How often it must have happened to a workload, all Events of a reason together. Default 1.'),
  resolveAfter: Duration.optional().describe(
    'It ends when nothing new was told for so long. What goes on is told again each 5 or 6 minutes at the least often, and forgotten by the API server after an hour. Default 15m.',
  ),
})
export type EventFilter = z.infer<typeof EventFilter>

/** Alerts that are made from watches, with the identity of the Workflow's ServiceAccount. */
export const KubernetesSource = withRules(
  z.strictObject({
    problems: z
      .array(z.enum(WATCHED_PROBLEMS))
      .min(1)
      .max(16)
      .optional()
      .describe('What is an alert. Default: all; NodeNotReady only with `scope: Cluster`, WarningEvent only with `events`.'),
    scope: z
      .enum(['Namespace', 'Cluster'])
      .optional()
      .describe(
        "Namespace: the Source's own. Cluster: all namespaces, and nodes; the Workflow's ServiceAccount must be allowed to. Default Namespace.",
      ),
    selector: Text(1024)
      .optional()
      .describe("Labels of the pods and Jobs that count, in kubectl's words: `app=web,tier in (a,b)`. Nodes are not chosen by it."),
    events: EventFilter.optional().describe('Which Events of type Warning are alerts; `{}`: all of them.'),
    for: Duration.optional().describe(
      'How long it must last until it is an alert; not of Events. Default: 30s for Unschedulable and NodeNotReady, 0s for the others, which Kubernetes tells late by itself.',
    ),
  }),
  [
    {
      rule: "!has(self.problems) || !('NodeNotReady' in self.problems) || (has(self.scope) && self.scope == 'Cluster')",
      message: 'nodes belong to no namespace: NodeNotReady needs `scope: Cluster`',
      holds: ({ problems, scope }) => !problems?.includes('NodeNotReady') || scope === 'Cluster',
    },
    {
      rule: "!has(self.problems) || ('WarningEvent' in self.problems) == has(self.events)",
      message: 'WarningEvent in `problems` and `events` go together: `events` says which of them count, `{}` all',
      holds: ({ problems, events }) => !problems || problems.includes('WarningEvent') === (events !== undefined),
    },
    {
      rule: "!has(self.events) || !has(self.events.namespaces) || (has(self.scope) && self.scope == 'Cluster')",
      message: 'events of other namespaces need `scope: Cluster`',
      holds: ({ events, scope }) => events?.namespaces === undefined || scope === 'Cluster',
    },
  ],
)
export type KubernetesSource = z.infer<typeof KubernetesSource>

/** Those that hold when a Source names none. */
export const problemsOf = ({ problems, scope, events }: KubernetesSource): readonly WatchedProblem[] =>
  problems ??
  WATCHED_PROBLEMS.filter((one) => (one === 'NodeNotReady' ? scope === 'Cluster' : one === 'WarningEvent' ? events !== undefined : true))

export const DEFAULT_RESOLVE_AFTER = '15m'
