import { homedir } from 'node:os'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { DURATION_PATTERN } from '#kit/duration'
import { InputError } from '#kit/errors'
import { LOG_LEVELS } from '#kit/log'

const Listen = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]*):\d{1,5}$/, 'write HOST:PORT, for instance 127.0.0.1:8081')
const HttpUrl = z.url({ protocol: /^https?$/, error: 'write http://… or https://…' })
const Duration = z.string().regex(new RegExp(DURATION_PATTERN), 'write a number with a unit: 30s, 5m, 7d')

/** As text with commas (flags, variables), or as a list (the file). */
const Namespaces = z
  .preprocess((value) => (typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value), z.array(z.unknown()))
  .pipe(
    z
      .array(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'write names of namespaces, separated by commas'))
      .min(1)
      .max(1_000),
  )

const Programs = z
  .preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((one) => one.trim())
            .filter(Boolean)
        : value,
    z.array(z.unknown()),
  )
  .pipe(z.array(z.string().regex(/^\/[^,\0]+$/, 'write absolute paths of programs, separated by commas')).max(100))

/**
 * The server's whole configuration. One flat list: `dataDir` is the flag `--data-dir`, the variable `INQUEST_DATA_DIR`
 * and the key `dataDir` of the `--config` file. A flag wins over a variable, a variable over the file.
 */
export const ServerConfig = z.strictObject({
  manifests: z
    .string()
    .optional()
    .describe('folder with Source, Workflow and Sink YAML, reloaded when it changes; without it they come from the cluster'),
  secretsDir: z.string().optional().describe('with --manifests: folder <namespace>/<name>/<key> that Secrets are read from'),
  watchNamespaces: Namespaces.optional().describe('without --manifests: only these namespaces, separated by commas; default: all'),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'write postgres://user:password@host:5432/database')
    .optional()
    .describe('PostgreSQL; without it the embedded database in the data folder (also read from DATABASE_URL)'),
  dataDir: z
    .string()
    .default(() => join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'inquest'))
    .describe('where the embedded database and the API token live'),
  webhookListen: Listen.default('0.0.0.0:8080').describe('where alerts arrive'),
  apiListen: Listen.default('127.0.0.1:8081').describe('API and metrics'),
  bundle: z.string().optional().describe('investigate this support bundle instead of a live cluster'),
  kubeconfig: z.string().optional().describe("kubeconfig file; default: KUBECONFIG, ~/.kube/config, or the pod's own identity"),
  context: z.string().optional().describe('context of the kubeconfig'),
  model: z
    .string()
    .optional()
    .describe(
      'PROVIDER/NAME of the model for Workflows that name none, such as anthropic/claude-sonnet-5; its key is ANTHROPIC_API_KEY, OPENAI_API_KEY or INQUEST_MODEL_API_KEY',
    ),
  modelBaseUrl: HttpUrl.optional().describe("its address, when it is not the vendor's own: http://ollama:11434/v1"),
  modelApiKeyFile: z.string().optional().describe('file with its key, instead of the variable'),
  prometheusUrl: HttpUrl.optional().describe(
    'Prometheus, or what speaks its API: for the diagnosis of what only metrics show, and for the tool promql',
  ),
  prometheusTokenFile: z.string().optional().describe('file with a bearer token for it'),
  prometheusUsername: z.string().optional().describe('user name for it'),
  prometheusPasswordFile: z.string().optional().describe('file with the password'),
  kubectl: z.string().optional().describe('absolute path of the kubectl that agents use; default: the first on PATH'),
  allowedCommands: Programs.default([]).describe(
    'with --manifests: absolute paths of programs that run steps without an image may start on this machine, separated by commas; default: none',
  ),
  concurrency: z.coerce.number().int().min(1).max(100).default(10).describe('investigations at the same time in this process'),
  maxBodyBytes: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(256 * 1_024 * 1_024)
    .default(32 * 1_024 * 1_024)
    .describe('largest webhook body'),
  retention: Duration.default('30d').describe('how long finished incidents are kept'),
  shutdownTimeout: Duration.default('20s').describe('how long a SIGTERM waits for steps in flight'),
  publicUrl: HttpUrl.optional().describe('where people reach the API, for links in messages'),
  logLevel: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe(`one of ${LOG_LEVELS.join(', ')}`),
})
export type ServerConfig = z.infer<typeof ServerConfig>

/** Settings of models and their tools, which `investigate` and `demo` take, too. */
export const agentKeys = [
  'model',
  'modelBaseUrl',
  'modelApiKeyFile',
  'prometheusUrl',
  'prometheusTokenFile',
  'prometheusUsername',
  'prometheusPasswordFile',
  'kubectl',
] as const satisfies (keyof ServerConfig)[]

export const configKeys = Object.keys(ServerConfig.shape) as (keyof ServerConfig)[]
const kebab = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
export const flagOf = (key: string): string => `--${kebab(key)}`
const variableOf = (key: string): string => `INQUEST_${kebab(key).replaceAll('-', '_').toUpperCase()}`

function readConfigFile(path: string): Record<string, unknown> {
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${(error as Error).message.split('\n')[0]}`, {
      field: '--config',
      remedy: 'Give a readable YAML file.',
    })
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw new InputError(`${path} is not a map of settings`, { field: '--config', remedy: `Its keys are ${configKeys.join(', ')}.` })
  return content as Record<string, unknown>
}

/** Flags over variables over the file. Every fault is named with the place it came from, all at once. */
export function parseServerConfig(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): ServerConfig {
  const file =
    typeof flags['config'] === 'string'
      ? readConfigFile(flags['config'])
      : env['INQUEST_CONFIG']
        ? readConfigFile(env['INQUEST_CONFIG'])
        : {}
  const origin = new Map<string, string>()
  const merged: Record<string, unknown> = {}
  const put = (key: string, value: unknown, from: string): void => {
    if (value === undefined) return
    merged[key] = value
    origin.set(key, from)
  }
  for (const [key, value] of Object.entries(file)) put(key, value, `"${key}" in the configuration file`)
  put('databaseUrl', env['DATABASE_URL'] || undefined, 'DATABASE_URL')
  for (const key of configKeys) {
    put(key, env[variableOf(key)], variableOf(key))
    put(key, flags[key], flagOf(key))
  }
  const parsed = ServerConfig.safeParse(merged)
  if (parsed.success) {
    const { manifests, secretsDir, watchNamespaces, allowedCommands } = parsed.data
    const aside = secretsDir ? 'secretsDir' : allowedCommands.length > 0 && 'allowedCommands'
    const idle = manifests === undefined ? aside : watchNamespaces && 'watchNamespaces'
    if (!idle) return parsed.data
    const own = idle === 'secretsDir' ? 'Secrets come from the cluster' : "programs of this machine are for a folder's Workflows only"
    const why = manifests === undefined ? `${own}, unless --manifests is given` : 'manifests come from a folder'
    throw new InputError(`${why}: it would have no effect`, { field: origin.get(idle)!, remedy: 'Leave it out.' })
  }
  const faults = parsed.error.issues.map((issue) => {
    const key = String(issue.path[0] ?? (issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : ''))
    if (issue.code === 'unrecognized_keys') return `${key}: no such setting; the settings are ${configKeys.join(', ')}`
    if (!origin.has(key))
      return `${flagOf(key)} is missing (or ${variableOf(key)}): ${ServerConfig.shape[key as keyof ServerConfig].description}`
    return `${origin.get(key)}: ${issue.message}`
  })
  throw new InputError(faults.join('\n'), { remedy: '`inquest serve --help` lists every setting.' })
}
