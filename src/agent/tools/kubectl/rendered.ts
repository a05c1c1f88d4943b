/** What a call printed, pruned for a model. */
export interface Rendered {
  text: string
  /** Something was left out of the text. */
  left: boolean
  /** One line. */
  summary: string
}
