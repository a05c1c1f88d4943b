import { compileCondition, compileExpression, compileTemplate } from '#expr'
import type { Values } from '#store'

/** What a step's `when` sees. */
export const STEP_NAMES = ['alert', 'alerts', 'params', 'incident', 'steps'] as const
/** What an output sees. */
export const OUTPUT_NAMES = [...STEP_NAMES, 'result'] as const
/** What the `when` of a Workflow's `sinks[]` sees. */
export const SINK_REF_NAMES = [...STEP_NAMES, 'result', 'outputs'] as const
/** What a Sink's own `when` sees; Workflows of any sort use the Sink, so the steps are not among it. */
export const SINK_NAMES = ['alert', 'alerts', 'params', 'incident', 'result', 'outputs'] as const
/** What a Sink's `template` and a notify step's `message` see. */
export const TEMPLATE_NAMES = [...SINK_NAMES, 'state', 'investigation'] as const

/** Compiled each time: an investigation evaluates each of them once, and compiling takes well under a millisecond. */
export const evaluateCondition = (text: string, scope: Values, names: readonly string[]): boolean => compileCondition(text, names)(scope)
export const evaluateExpression = (text: string, scope: Values, names: readonly string[]): unknown => compileExpression(text, names)(scope)
export const renderTemplate = (text: string, scope: Values): string => compileTemplate(text)(scope)
