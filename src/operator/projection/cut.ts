/** At most `max` characters; what is cut is marked. Half a surrogate pair, which is no text, does not remain. */
export const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`)

/** A map of strings within the limits of the API. An entry whose key is too long is left out. */
export const cutMap = (
  map: Readonly<Record<string, string>>,
  limits: { entries: number; key: number; value: number },
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(map)
      .filter(([key]) => key.length <= limits.key)
      .slice(0, limits.entries)
      .map(([key, value]) => [key, cut(value, limits.value)]),
  )
