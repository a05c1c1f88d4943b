/**
 * What programs say when a limit or a rule that somebody set is hit, and how the setting is called that holds it: the names, in words (see
 * `wordsOf`), under which the programs in question, their images and the ingress controllers take it. Wordings are those of the programs.
 */
export interface LimitWord {
  /** What a line says. */
  pattern: RegExp
  /** What the setting's name holds. */
  setting: RegExp
  /** What is hit. */
  what: string
  /** The annotation of ingress-nginx that sets it, for an Ingress that has none and so the default. */
  annotation?: string
}

export const limit = (what: string, pattern: RegExp, setting: RegExp, annotation?: string): LimitWord => ({
  what,
  pattern,
  setting,
  ...(annotation ? { annotation } : {}),
})
