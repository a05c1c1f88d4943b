import { spawn } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

const KUBERNETES = '1.36.3'
const ETCD = '3.6.6'
const TICK_MS = 30_000
const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const

type Binary = (typeof COMPONENTS)[number] | 'etcd'
export type Binaries = Record<Binary, string>

/** They are not built, and cannot be: there is no Go. */
export class NoGo extends Error {
  override readonly name = 'NoGo'
}

/**
 * The four programs of a control plane: from `$KUBEBUILDER_ASSETS` (a folder that setup-envtest or a person made), else from our cache, which
 * lies outside the checkout so that every clone finds it, else built once with Go from the module proxy. Building is the only way that works
 * where nothing but a package registry can be reached. Throws NoGo where that is not possible.
 */
export async function findBinaries(say: (line: string) => void): Promise<Binaries> {
  const assets = process.env['KUBEBUILDER_ASSETS']
  if (assets) {
    const found = await allIn(assets)
    if (found) return found
    say(`KUBEBUILDER_ASSETS=${assets} lacks one of etcd, ${COMPONENTS.join(', ')}: using the cache`)
  }
  const cache = cacheFolder()
  const bin = join(cache, `v${KUBERNETES}`)
  return (await allIn(bin)) ?? build(cache, bin, say)
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'inquest', 'control-plane')
}

async function moveTo(bin: string, from: string): Promise<void> {
  await mkdir(bin, { recursive: true })
  for (const name of ['etcd', ...COMPONENTS]) await rename(join(from, name), join(bin, name))
}

async function allIn(dir: string): Promise<Binaries | null> {
  const names: Binary[] = ['etcd', ...COMPONENTS]
  try {
    await Promise.all(names.map((name) => access(join(dir, name), constants.X_OK)))
  } catch {
    return null
  }
  return Object.fromEntries(names.map((name) => [name, join(dir, name)])) as Binaries
}

async function build(cache: string, bin: string, say: (line: string) => void): Promise<Binaries> {
  await go(['version'], cache, say).catch((cause: unknown) => {
    throw new NoGo(
      `the control plane is built with Go, and \`go\` does not run here: install Go 1.26 or newer, ` +
        `or point KUBEBUILDER_ASSETS at a folder with etcd, ${COMPONENTS.join(', ')}`,
      { cause },
    )
  })
  say(`building kubernetes ${KUBERNETES} and etcd ${ETCD} once into ${bin} (about 6 minutes on two cores, 4.5 GB of Go's caches) …`)
  const began = performance.now()
  // A person sees that it goes on, and CI's log, too.
  const ticking = setInterval(() => say(`  … ${Math.round((performance.now() - began) / 1_000)} s`), TICK_MS)
  // Two clones may build at once: each has its own folder, and whoever is last finds the other's work.
  await mkdir(cache, { recursive: true })
  const partial = await mkdtemp(join(cache, 'building-'))
  try {
    await buildEtcd(join(partial, 'etcd-module'), partial, say)
    await buildKubernetes(join(partial, 'kubernetes-module'), partial, say)
    await moveTo(bin, partial)
  } finally {
    clearInterval(ticking)
    await rm(partial, { recursive: true, force: true })
  }
  const found = await allIn(bin)
  if (!found) throw new Error(`the build left no complete set of binaries in ${bin}`)
  return found
}

/** `go install …@version` refuses a module with replace directives, so a small module of our own requires it instead. */
async function buildEtcd(dir: string, bin: string, say: (line: string) => void): Promise<void> {
  await module(dir, 'etcd', [`require go.etcd.io/etcd/server/v3 v${ETCD}`], ['go.etcd.io/etcd/server/v3'])
  await go(['mod', 'tidy'], dir, say)
  await go(['build', '-ldflags', '-s -w', '-o', join(bin, 'etcd'), 'go.etcd.io/etcd/server/v3'], dir, say)
}

/** k8s.io/kubernetes replaces its own libraries by folders of its repository, which a module download lacks: each becomes the published version. */
async function buildKubernetes(dir: string, bin: string, say: (line: string) => void): Promise<void> {
  await mkdir(dir, { recursive: true })
  const info = JSON.parse(await go(['mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES}`], dir, say)) as { GoMod: string }
  const staging = KUBERNETES.replace('1.', '0.')
  const replaced = [...(await readFile(info.GoMod, 'utf8')).matchAll(/^\t(k8s\.io\/\S+) => \.\/staging\//gm)]
  await module(
    dir,
    'kubernetes',
    [`require k8s.io/kubernetes v${KUBERNETES}`, ...replaced.map(([, name]) => `replace ${name} => ${name} v${staging}`)],
    COMPONENTS.map((name) => `k8s.io/kubernetes/cmd/${name}`),
  )
  await go(['mod', 'tidy'], dir, say)
  const [major, minor] = KUBERNETES.split('.')
  const version = { gitVersion: `v${KUBERNETES}`, gitMajor: major, gitMinor: minor, gitCommit: '', gitTreeState: 'clean' }
  const flags = Object.entries(version).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`)
  // One at a time, so that a person sees that it goes on.
  for (const name of COMPONENTS) {
    await go(['build', '-ldflags', ['-s', '-w', ...flags].join(' '), '-o', join(bin, name), `k8s.io/kubernetes/cmd/${name}`], dir, say)
  }
}

/** A blank import behind a build tag keeps `go mod tidy` from dropping what we only build. */
async function module(dir: string, name: string, directives: string[], imports: string[]): Promise<void> {
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'go.mod'), `module inquest.dev/control-plane/${name}\n\ngo 1.26.0\n\n${directives.join('\n')}\n`)
  await writeFile(
    join(dir, 'tools.go'),
    `//go:build tools\n\npackage tools\n\nimport (\n${imports.map((i) => `\t_ "${i}"`).join('\n')}\n)\n`,
  )
}

async function go(args: string[], dir: string, say: (line: string) => void): Promise<string> {
  await mkdir(dir, { recursive: true })
  if (args[0] !== 'version') say(`  go ${args[0]} ${args.at(-1)}`)
  // -buildvcs=false: the cache may lie inside a git work tree that is not ours to stamp.
  const env = { ...process.env, GOFLAGS: '-buildvcs=false', GOWORK: 'off' }
  const child = spawn('go', args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk))
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code !== 0) throw new Error(`go ${args.join(' ')} failed:\n${err.split('\n').slice(-15).join('\n')}`)
  return out
}
