/** A copy that holds nothing but JSON: no getters, functions or prototypes that a template or an expression could reach. */
export const plainJson = (value: unknown): unknown => {
  const text = JSON.stringify(value)
  return text === undefined ? null : (JSON.parse(text) as unknown)
}
