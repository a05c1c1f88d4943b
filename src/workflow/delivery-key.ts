import { hash } from '#kit/ids'
import type { Investigation } from '#store'

/** A Sink's full name. */
export const sinkId = ({ namespace }: Pick<Investigation, 'namespace'>, sink: string): string => `${namespace}/${sink}`

/** The thread of an investigation's messages: its incident's, or its own when a person asked. */
export const threadOf = ({ id, incidentId }: Pick<Investigation, 'id' | 'incidentId'>): string => incidentId ?? id

/** What makes a message one message: the same for every repeat, over crashes, attempts and processes. */
export const deliveryKey = (investigation: Pick<Investigation, 'namespace' | 'id' | 'incidentId'>, sink: string, state: string): string =>
  hash(sinkId(investigation, sink), threadOf(investigation), state)
