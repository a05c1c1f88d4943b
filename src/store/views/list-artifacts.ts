import { time, type Queryable } from './sql.ts'

/** The whole of a long output, without its content. */
export interface ArtifactView {
  id: string
  attempt: number
  step: string
  name: string
  mediaType: string
  /** Of UTF-8, as kept. */
  bytes: number
  truncatedBytes: number
  createdAt: string
}

/** Whole outputs of an investigation's steps, in the order in which they were kept; at most 500. */
export async function listArtifacts(db: Queryable, investigation: string): Promise<ArtifactView[]> {
  const { rows } = await db.query<ArtifactView>(
    `select id, attempt, step, name, media_type as "mediaType", octet_length(content) as bytes, truncated_bytes::float8 as "truncatedBytes",
       ${time('created_at')} as "createdAt"
     from artifacts where investigation_id = $1 order by artifacts.created_at, id limit 500`,
    [investigation],
  )
  return rows
}
