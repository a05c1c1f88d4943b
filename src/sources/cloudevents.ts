type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const MAX_DATA_TEXT = 4_096

/**
 * The events of a request, whichever of the binding's modes it uses: structured (one object), batched (a list) or binary (attributes in
 * `ce-*` headers, the body is the data). Each gets its data as text beside it, for people.
 */
export function cloudEvents(body: unknown, headers: Readonly<Record<string, string>>): unknown[] {
  if (headers['ce-specversion'] !== undefined) {
    const attributes = Object.entries(headers).flatMap(([name, value]) => (name.startsWith('ce-') ? [[name.slice(3), decoded(value)]] : []))
    return [withText({ ...Object.fromEntries(attributes), data: body })]
  }
  return (Array.isArray(body) ? body : [body]).map(withText)
}

const withText = (event: unknown): unknown =>
  isObject(event) && event['data'] !== undefined ? { ...event, dataText: textOf(event['data']).slice(0, MAX_DATA_TEXT) } : event

const textOf = (data: unknown): string => (typeof data === 'string' ? data : JSON.stringify(data))

/** Header values are percent-encoded beyond ASCII; one that is not is taken as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
