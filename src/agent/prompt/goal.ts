import { compileTemplate } from '#expr'
import { GOAL_NAMES } from '#kinds/scopes'
import { shorten } from '../events.ts'
import { createFence } from './fence.ts'

/** A name or an address; nobody can give an order in these. */
const PLAIN = /^[\w.:/-]{1,253}$/
const MAX_VALUE = 160

/**
 * The goal of an agent step. The template is the Workflow author's word; what it brings in from the alert or the steps is
 * not, and stands between the marks of data unless it is a mere name. Throws an InputError when it cannot be rendered.
 */
export function renderGoal(template: string, scope: Readonly<Record<string, unknown>>, investigationId: string): string {
  const fence = createFence(investigationId)
  const quote = (text: string): string =>
    text === '' || PLAIN.test(text) ? text : fence('the alert', shorten(text.replace(/\s+/g, ' '), MAX_VALUE)).replaceAll('\n', ' ')
  return compileTemplate(template, GOAL_NAMES, { field: 'goal', quote })(scope)
}
