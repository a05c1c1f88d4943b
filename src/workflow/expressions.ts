import { compileCondition, compileExpression, compileTemplate } from '#expr'
import type { Values } from '#store'

/** Compiled each time: an investigation evaluates each of them once, and compiling takes well under a millisecond. */
export const evaluateCondition = (text: string, scope: Values, names: readonly string[]): boolean => compileCondition(text, names)(scope)
export const evaluateExpression = (text: string, scope: Values, names: readonly string[]): unknown => compileExpression(text, names)(scope)
export const renderTemplate = (text: string, scope: Values): string => compileTemplate(text)(scope)
