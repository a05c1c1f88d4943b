import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { programPath } from './program.ts'

const exec = promisify(execFile)
const VERSION = 'v3.19.4'
const BUILD_MS = 15 * 60_000

/** The real helm: `$HELM`, else the one on `PATH`, else one that is built once with Go and kept beside the control plane's programs. */
export async function helmPath(): Promise<string> {
  const found = programPath('HELM', ['helm'])
  if (found) return found
  const dir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'inquest', 'helm', VERSION)
  const built = join(dir, 'helm')
  if (existsSync(built)) return built
  await mkdir(dir, { recursive: true })
  process.stderr.write(`building helm ${VERSION} once into ${dir} (about 5 minutes on two cores)\n`)
  await exec('go', ['install', `helm.sh/helm/v3/cmd/helm@${VERSION}`], { env: { ...process.env, GOBIN: dir }, timeout: BUILD_MS }).catch(
    (error: Error) => {
      throw new Error('helm is not installed and cannot be built: install helm 3, name it in $HELM, or install Go 1.25 or newer', {
        cause: error,
      })
    },
  )
  return built
}

/** What helm printed. What it refuses is thrown, with its words. */
export type Helm = (...args: string[]) => Promise<string>

export const helmAt =
  (path: string, kubeconfig: string, home: string): Helm =>
  async (...args) => {
    const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig }
    const { stdout } = await exec(path, args, { env, maxBuffer: 32 << 20, timeout: 120_000 })
    return stdout
  }
