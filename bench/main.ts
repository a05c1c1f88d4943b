import { cpus, totalmem } from 'node:os'
import { printTable, type Row } from './row.ts'

/** `npm run bench [NAME…]`: every table but those that must be named, or the named ones. Figures are of one run on one machine; ratios are what to quote. */
const TABLES: Record<string, () => Promise<Row[]>> = {
  'start-up': async () => (await import('./start-up.ts')).startUp(),
  intake: async () => (await import('./intake.ts')).intake(),
  webhooks: async () => (await import('./webhooks.ts')).webhooks(),
  diagnosis: async () => (await import('./diagnosis.ts')).diagnosis(),
  agent: async () => (await import('./agent.ts')).agent(),
  'live-cluster': async () => (await import('./live.ts')).live(),
  requests: async () => (await import('./requests.ts')).requests(),
  operator: async () => (await import('./operator.ts')).operator(),
  'alert-chain': async () => (await import('./alert-chain.ts')).alertChain(),
}

/** Takes minutes, and the programs of a control plane (`npm run control-plane -- build`). */
const ONLY_WHEN_NAMED = new Set(['live-cluster', 'alert-chain'])

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in TABLES))
if (unknown.length > 0) throw new Error(`no bench is called ${unknown.join(', ')}; there are ${Object.keys(TABLES).join(', ')}`)
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB`)
for (const [name, measure] of Object.entries(TABLES))
  if (wanted.length === 0 ? !ONLY_WHEN_NAMED.has(name) : wanted.includes(name)) printTable(name, await measure())
