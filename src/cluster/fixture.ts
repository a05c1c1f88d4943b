import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { crc32, createGzip, deflateRawSync } from 'node:zlib'
import { pack, type Header } from 'tar-stream'
import type { KubeObject } from './reader.ts'

/** Small recorded clusters for tests, in folders that go away with `await using`. */
export interface TempFolder extends AsyncDisposable {
  path: string
}

export async function tempFolder(): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), 'inquest-bundle-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A file's content: text as it is, everything else as JSON. */
export type Files = Record<string, unknown>

const textOf = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content))

export async function folderOf(files: Files): Promise<TempFolder> {
  const folder = await tempFolder()
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true })
    await writeFile(join(folder.path, path), textOf(content))
  }
  return folder
}

/** A .tar.gz at `path`; `extra` entries are written as they are, links and dangerous names included. */
export async function writeTarball(
  path: string,
  files: Files,
  extra: { header: Partial<Header> & { name: string }; content?: string }[] = [],
): Promise<void> {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, textOf(content))
  for (const { header, content } of extra) tar.entry(header as Header, content ?? '')
  tar.finalize()
  await pipeline(tar, createGzip(), createWriteStream(path))
}

/** An entry of a zip as it stands in the file; `mode` are Unix' permissions and type, `flags` 1 says encrypted. */
export interface ZipEntry {
  name: string
  content: string
  mode?: number
  flags?: number
}

/** A .zip at `path`, deflated entries, then the directory. */
export async function writeZip(path: string, entries: readonly ZipEntry[]): Promise<void> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content, mode = 0o100644, flags = 0 } of entries) {
    const [title, raw] = [Buffer.from(name), Buffer.from(content)]
    const packed = deflateRawSync(raw)
    const common = Buffer.alloc(26)
    for (const [at, value] of [
      [0, 20],
      [2, flags],
      [4, 8],
      [22, title.length],
    ] as const)
      common.writeUInt16LE(value, at)
    for (const [at, value] of [
      [10, crc32(raw)],
      [14, packed.length],
      [18, raw.length],
    ] as const)
      common.writeUInt32LE(value, at)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((mode << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, title, packed])
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, tail, title]))
    parts.push(local)
    offset += local.length
  }
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  for (const at of [8, 10]) end.writeUInt16LE(entries.length, at)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  await writeFile(path, Buffer.concat([...parts, ...directory, end]))
}

export const T0 = '2024-05-01T10:00:00Z'

/** `minutes` before T0. */
export const before = (minutes: number): string => new Date(Date.parse(T0) - minutes * 60_000).toISOString().replace('.000Z', 'Z')

export const listOf = (apiVersion: string, kind: string, items: unknown[] | null): object => ({
  apiVersion,
  kind: `${kind}List`,
  metadata: {},
  items,
})

export const namespace = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, creationTimestamp: before(600) },
  status: { phase: 'Active' },
})

/** A pod of one container `app`; `more` is laid over its status. */
export const pod = (
  ns: string,
  name: string,
  more: { labels?: Record<string, string>; status?: object; spec?: object } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: ns, uid: `uid-${name}`, labels: { app: name, ...more.labels }, creationTimestamp: before(90) },
  spec: { nodeName: 'n1', containers: [{ name: 'app', image: 'shop/app:1' }], ...more.spec },
  status: {
    phase: 'Running',
    podIP: '10.0.0.7',
    startTime: before(90),
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: before(89) }],
    containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: { startedAt: before(89) } } }],
    ...more.status,
  },
})

export const crashing = (ns: string, name: string): KubeObject =>
  pod(ns, name, {
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: before(89) }],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: before(6), finishedAt: before(5) } },
        },
      ],
    },
  })

export const event = (ns: string, name: string, about: { kind: string; name: string }, reason: string, minutesAgo: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, namespace: ns, creationTimestamp: before(minutesAgo) },
  involvedObject: { apiVersion: 'v1', ...about, namespace: ns, uid: `uid-${about.name}` },
  type: reason === 'BackOff' ? 'Warning' : 'Normal',
  reason,
  message: `${reason} ${about.name}`,
  source: { component: 'kubelet', host: 'n1' },
  firstTimestamp: before(minutesAgo + 10),
  lastTimestamp: before(minutesAgo),
  count: 3,
})
