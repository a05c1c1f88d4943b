/** Which names an expression or a template may use, by the field it stands in. The engine hands in exactly these. */

/** `filter` of a Source. */
export const FILTER_NAMES = ['alert'] as const
/** `mapping.alerts` of a webhook Source. */
export const MAPPING_ALERTS_NAMES = ['body', 'headers'] as const
/** The other members of its `mapping`. */
export const MAPPING_ITEM_NAMES = ['item', 'headers'] as const
/** `when` of a step. */
export const STEP_NAMES = ['alert', 'alerts', 'params', 'incident', 'steps'] as const
/** Each word of a step's `args`. */
export const ARGS_NAMES = [...STEP_NAMES] as const
/** An agent step's `goal`. */
export const GOAL_NAMES = [...STEP_NAMES] as const
/** `expression` of an output. */
export const OUTPUT_NAMES = [...STEP_NAMES, 'result'] as const
/** `when` in a Workflow's `sinks[]`. */
export const SINK_REF_NAMES = [...STEP_NAMES, 'result', 'outputs'] as const
/** A Sink's own `when`: Workflows of any sort use the Sink, so the steps are not among it. */
export const SINK_NAMES = ['alert', 'alerts', 'params', 'incident', 'result', 'outputs'] as const
/** A Sink's `template`. */
export const TEMPLATE_NAMES = [...SINK_NAMES, 'state', 'investigation'] as const
/** A notify step's `message`. */
export const MESSAGE_NAMES = [...TEMPLATE_NAMES, 'steps'] as const
