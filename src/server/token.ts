import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MiddlewareHandler } from 'hono'

export const tokenPath = (dataDir: string): string => join(dataDir, 'api-token')

/** The API's bearer token: made at the first start into the data folder, readable by its owner alone. */
export function ensureToken(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = tokenPath(dataDir)
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const token = readFileSync(path, 'utf8').trim()
  if (token.length < 16) throw new Error(`${path} holds no usable token: delete the file, and the next start makes a new one`)
  return token
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Refuses every request without `Authorization: Bearer <token>`; compares in constant time. */
export function requireToken(token: string): MiddlewareHandler {
  const wanted = digest(token)
  return async (c, next) => {
    const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (given === undefined || !timingSafeEqual(digest(given), wanted)) {
      return c.json(
        {
          error: 'a valid bearer token is needed',
          remedy: "Send `Authorization: Bearer <token>`; the token is in the file api-token of the server's data folder.",
        },
        401,
        {
          'WWW-Authenticate': 'Bearer',
        },
      )
    }
    await next()
  }
}
