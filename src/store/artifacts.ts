import type { Pool } from 'pg'
import { idOf } from '#kit/ids'

/** Bytes of UTF-8 that are kept; beyond it the middle is left out. */
const MAX_BYTES = 1_048_576

export interface NewArtifact {
  investigationId: string
  attempt: number
  step: string
  /** For people: `kubectl-logs.txt`. */
  name: string
  mediaType: string
  /** Redacted already. */
  content: string
}

export interface Artifact extends NewArtifact {
  id: string
  /** How much of the middle was left out; 0: all is there. */
  truncatedBytes: number
  createdAt: Date
}

/** Outputs that are too large for a step's record: the step returns their id. */
export interface Artifacts {
  /** One artifact a name in an attempt's step: a body that runs again after a crash replaces what it kept before. */
  put(artifact: NewArtifact): Promise<{ id: string; truncatedBytes: number }>
  get(id: string): Promise<Artifact | null>
}

export const createArtifacts = (pool: Pool): Artifacts => ({
  async put({ investigationId, attempt, step, name, mediaType, content }) {
    const id = idOf(investigationId, String(attempt), step, name)
    const kept = shortened(content)
    await pool.query(
      `insert into artifacts (id, investigation_id, attempt, step, name, media_type, content, truncated_bytes) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (id) do update set content = excluded.content, truncated_bytes = excluded.truncated_bytes`,
      [id, investigationId, attempt, step, name, mediaType, kept.content, kept.truncatedBytes],
    )
    return { id, truncatedBytes: kept.truncatedBytes }
  },
  async get(id) {
    const { rows } = await pool.query<Artifact>(
      `select id, investigation_id as "investigationId", attempt, step, name, media_type as "mediaType", content,
         truncated_bytes::float8 as "truncatedBytes", created_at as "createdAt"
       from artifacts where id = $1`,
      [id],
    )
    return rows[0] ?? null
  },
})

/** A quarter from the beginning, the rest from the end: of a log the end says most. PostgreSQL stores no U+0000. */
function shortened(text: string): { content: string; truncatedBytes: number } {
  const bytes = Buffer.from(text.replaceAll('\0', '\ufffd'))
  if (bytes.length <= MAX_BYTES) return { content: bytes.toString(), truncatedBytes: 0 }
  const head = MAX_BYTES / 4
  const truncatedBytes = bytes.length - MAX_BYTES
  const content = `${bytes.toString('utf8', 0, head)}\n… ${truncatedBytes} bytes left out …\n${bytes.toString('utf8', head + truncatedBytes)}`
  return { content, truncatedBytes }
}
