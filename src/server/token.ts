import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
