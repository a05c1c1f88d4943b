import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { InputError, errorText } from '#kit/errors'

/**
 * Keeps a second process out of a folder; throws an InputError when there is one already. Returns the release.
 *
 * Why SQLite: an exclusive transaction is a lock of the operating system (POSIX advisory locks), held while the process is stopped
 * and freed by the kernel when it dies, kill -9 included. Node has no `flock` of its own, and a file with a pid in it survives its owner.
 */
export function lockFolder(folder: string): () => void {
  const remedy = 'Stop the other process, choose another data folder, or use PostgreSQL, which several processes may share.'
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 0 })
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
    const held = lock
    return () => held.close()
  } catch (error) {
    lock?.close()
    const text = errorText(error)
    if (/locked|busy/i.test(text)) throw new InputError(`another process has the database in ${folder} open`, { field: 'dataDir', remedy })
    throw new InputError(`the folder ${folder} could not be locked: ${text}`, {
      field: 'dataDir',
      remedy: 'Choose a folder on a local disk that this user may write.',
    })
  }
}
