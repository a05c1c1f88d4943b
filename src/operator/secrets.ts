import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecretLookup } from '#kinds/registry'
import { secretValues, type SecretManifest } from '#kinds/secret-manifest'

const MAX_SECRET = 1024 * 1024

/**
 * Values for `secretKeyRef`: first `<dir>/<namespace>/<name>/<key>` (read anew each time, so a rotated file is seen; one
 * line break at its end is not part of the value), then the `kind: Secret` manifests of the folder.
 */
export function createSecretLookup(
  secretsDir: string | null,
  manifests: () => ReadonlyMap<string, ReadonlyMap<string, string>>,
): SecretLookup {
  return async (namespace, { name, key }) => {
    const fromFile = secretsDir === null || /^\.+$/.test(key) ? null : await readValue(join(secretsDir, namespace, name, key))
    return fromFile ?? manifests().get(`${namespace}/${name}`)?.get(key)
  }
}

async function readValue(path: string): Promise<string | null> {
  try {
    const info = await stat(path)
    if (!info.isFile() || info.size > MAX_SECRET) return null
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

/** `namespace/name` → key → value. */
export const secretsOf = (manifests: readonly SecretManifest[]): ReadonlyMap<string, ReadonlyMap<string, string>> =>
  new Map(manifests.map((secret) => [`${secret.metadata.namespace}/${secret.metadata.name}`, secretValues(secret)]))
