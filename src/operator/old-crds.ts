import type { ClusterClient } from '#cluster'
import { KINDS, openApiSchema } from '#kinds/crd'
import { API_GROUP, API_VERSION } from '#kinds/meta'
import type { JsonSchema } from '#kinds/structural'

/**
 * CRDs of an older version. The API server drops fields that its CRD does not know: a person writes one, `kubectl apply` answers with a
 * warning at most, and nothing happens. So the operator compares what the server knows with what it knows itself. A release with
 * `crds.install: false`, or a second one in the cluster, is how one comes to have old ones.
 *
 * Asked of the server's OpenAPI document, which everybody who is authenticated may read: no right to CRDs is needed.
 */
export async function oldCrds(client: Pick<ClusterClient, 'schemas'>, signal?: AbortSignal): Promise<string[]> {
  const served = await client.schemas(API_VERSION, signal)
  return KINDS.flatMap(({ kind, plural, schema }) => {
    const theirs = served.get(kind)
    // Not installed at all: that is told by whoever lists its objects.
    if (!theirs) return []
    const unknown = (['spec', 'status'] as const).flatMap((part) =>
      unknownFields(openApiSchema(schema.shape[part], kind), theirs.properties?.[part], part),
    )
    if (unknown.length === 0) return []
    const more = unknown.length > MAX_FIELDS ? ` and ${unknown.length - MAX_FIELDS} more` : ''
    const fields = unknown.slice(0, MAX_FIELDS).join(', ') + more
    return [
      `the CRD ${plural}.${API_GROUP} is older than this Inquest and drops ${fields}: run \`inquest crds | kubectl apply --server-side --force-conflicts -f -\``,
    ]
  })
}

const MAX_FIELDS = 5

/** Fields of ours that they do not have; of a field that is missing not what is below it. */
function unknownFields(ours: JsonSchema, theirs: JsonSchema | undefined, path: string): string[] {
  if (!theirs) return [path]
  const below = Object.entries(ours.properties ?? {}).flatMap(([name, schema]) =>
    unknownFields(schema, theirs.properties?.[name], `${path}.${name}`),
  )
  const items = ours.items ? unknownFields(ours.items, theirs.items, `${path}[]`) : []
  return [...below, ...items]
}
