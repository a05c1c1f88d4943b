import { z } from 'zod'
import { Duration, Text } from './meta.ts'
import { Target } from './target.ts'

/** Looks made by the clock, in the words of a CronJob. */
export const ScheduleSource = z.strictObject({
  cron: Text(128).describe(
    'Minute, hour, day of month, month, day of week, such as "0 3 * * *"; or @hourly, @daily, @weekly, @monthly, @yearly.',
  ),
  timeZone: Text(64).optional().describe('IANA name such as Europe/Berlin. Default UTC.'),
  jitter: Duration.optional().describe(
    'Each look begins at most so much later than its slot, so that many do not begin together; shorter than the time between two slots. Default: on time.',
  ),
  startingDeadline: Duration.optional().describe(
    'A look that could not begin for so long, since no server was there, is left out. Of several missed ones only the last is made up for. Default 1h.',
  ),
  concurrency: z
    .enum(['Allow', 'Forbid', 'Replace'])
    .optional()
    .describe('While the look before still runs: begin another, leave this one out, or cancel the one before. Default Forbid.'),
  target: Target.optional().describe('What to look at. Default: everything that the ServiceAccount of the Workflow may read.'),
  report: z
    .enum(['New', 'Always'])
    .optional()
    .describe(
      'New: the sinks are only told when a problem is there that the look before did not find, or when the look failed. Default New.',
    ),
})
export type ScheduleSource = z.infer<typeof ScheduleSource>

export const DEFAULT_STARTING_DEADLINE = '1h'
