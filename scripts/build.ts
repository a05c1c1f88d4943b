import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Builds what is published and put into the image: `dist/`, a package of plain JavaScript with the checkout's own
 * layout, so that paths relative to a source file hold in both. Node refuses to strip types under node_modules.
 */
const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

/** Data that the program reads at run time, by path from the root. */
const ASSETS = [
  'src/store/migrations',
  'src/agent/runbooks/library',
  'examples',
  'scenarios/checkout-rollout/bundle.tgz',
  'scenarios/checkout-rollout/alert.json',
  'crds',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
]

rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
})
for (const asset of ASSETS) {
  if (!existsSync(join(root, asset))) throw new Error(`the build wants ${asset}, which is not there`)
  mkdirSync(join(dist, asset, '..'), { recursive: true })
  cpSync(join(root, asset), join(dist, asset), { recursive: true })
}

const { name, version, description, keywords, license, type, dependencies, imports } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)
const built = Object.fromEntries(
  Object.entries(imports as Record<string, string>).map(([face, path]) => [face, path.replace(/\.ts$/, '.js')]),
)
const manifest = {
  name,
  version,
  description,
  keywords,
  license,
  type,
  bin: { inquest: 'src/main.js', 'kubectl-inquest': 'src/kubectl-inquest.js' },
  engines: { node: '>=24' },
  imports: built,
  dependencies,
}
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
const count = readdirSync(dist, { recursive: true }).length
console.log(`dist/: ${count} files; try: npm pack ./dist`)
