/** What a client wants to get, of what can be made here. Always JSON; protobuf is left to those that have it. */
export type Form =
  | { as: 'object'; contentType: string }
  | {
      as: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList'
      group: string
      version: string
      contentType: string
    }

/** The first media type of an Accept header that can be answered; null when there is none. `only` names the special forms of this path. */
export function formOf(accept: string | undefined, only: readonly string[]): Form | null {
  if (!accept) return { as: 'object', contentType: 'application/json' }
  for (const part of accept.split(',')) {
    const [type, ...parameters] = part.split(';').map((word) => word.trim())
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue
    const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]))
    const as = given.get('as')
    const [group = '', version = ''] = [given.get('g'), given.get('v')]
    if (as === undefined) return { as: 'object', contentType: 'application/json' }
    if (only.includes(as) && /^v\d/.test(version)) {
      return { as: as as 'Table', group, version, contentType: `application/json;as=${as};g=${group};v=${version}` }
    }
  }
  return null
}
