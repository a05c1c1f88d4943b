import { Command, CommanderError, Option } from 'commander'
import { InputError, errorText, inputErrorText } from '#kit/errors'
import { WEBHOOK_PRESETS } from '#kinds/webhook-source'
import { agentKeys, configKeys, flagOf, parseServerConfig, ServerConfig } from './config.ts'
import type { Io } from './io.ts'

export { processIo, type Io } from './io.ts'

const GOAL = 'what the model shall find out; default: the root cause, and what to do about it'
const RUNBOOK = "what the model goes by: a runbook's name, or a Markdown file of your own; default: the one that is about the alert"
const OUTPUTS = ['text', 'json', 'yaml', 'markdown']

/**
 * Runs one command line and answers with the exit code: 0 done, 1 it failed, 2 the input was wrong.
 * Each command is imported when it is asked for: `investigate` must not pay for the server.
 */
export const runCli = (argv: readonly string[], io: Io, version: string): Promise<number> => run(program(io, version), argv, io)

/** The same for `kubectl inquest`. */
export async function runPlugin(argv: readonly string[], io: Io, version: string): Promise<number> {
  const { plugin } = await import('./plugin.ts')
  return run(plugin(io, version), argv, io)
}

async function run(command: Command, argv: readonly string[], io: Io): Promise<number> {
  try {
    await command.parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof InputError) {
      io.err(`inquest: ${inputErrorText(error)}\n`)
      return 2
    }
    if (io.signal.aborted) return 130
    io.err(`inquest: ${errorText(error)}\n`)
    return 1
  }
}

function program(io: Io, version: string): Command {
  const root = new Command('inquest')
    .description('An inquest for every alert: finds the root cause of what is broken in a Kubernetes cluster.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(add --help for what a command takes)')
  const command = (usage: string, text: string): Command =>
    root.command(usage).description(text).exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err })

  const withAgent = (one: Command): Command =>
    agentKeys.reduce((command, key) => command.option(`${flagOf(key)} <value>`, ServerConfig.shape[key].description ?? ''), one)

  const investigate = command(
    'investigate [target]',
    'look once at a live cluster or a support bundle and say what is wrong; TARGET is KIND/NAME, without it the namespace or the whole cluster',
  )
    .option('-n, --namespace <namespace>', 'namespace of the target, or the only one to look at')
    .option('--bundle <path>', 'a support bundle: a folder, a .tgz or a .zip')
    .option('--kubeconfig <file>', 'kubeconfig of the live cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--alert <file>', 'an alert as Alertmanager sends it, - for standard input: says where to look first')
    .option('--goal <text>', GOAL)
    .option('--runbook <name or file>', RUNBOOK)
    .addOption(new Option('-o, --output <format>', 'how to print the result').choices(OUTPUTS).default('text'))
  withAgent(investigate).action(async (target: string | undefined, options) =>
    (await import('./investigate.ts')).investigate(target, options, io),
  )

  const evaluate = command(
    'eval <dir>',
    'look at every recorded case below a folder; where an expected.yaml says what is right, judge and count; with a model, judge its answers',
  )
    .option('--concurrency <n>', 'cases at a time (default: as many as there are processors)')
    .addOption(new Option('-o, --output <format>', 'how to report').choices(['table', 'jsonl', 'json', 'html']).default('table'))
    .option('--goal <text>', GOAL)
    .option('--runbook <name or file>', RUNBOOK)
  withAgent(evaluate).action(async (dir: string, options) => (await import('./eval.ts')).evaluate(dir, options, io))

  command('bundle', 'record a support bundle of a live cluster, redacted, to look at later or elsewhere')
    .option('-n, --namespace <namespace>', 'only this namespace, and what belongs to none')
    .option('--kubeconfig <file>', 'kubeconfig of the live cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .option('-o, --output <file>', 'where to write it (default: support-bundle-CONTEXT-TIME.tgz here)')
    .option('--max-size <size>', 'how large the file may get; logs are left out first', '100MB')
    .action(async (options) => (await import('./bundle.ts')).bundle(options, io))

  const serve = command('serve', 'take alerts, investigate them, tell the sinks').option(
    '--config <file>',
    'YAML file with the same settings (INQUEST_CONFIG)',
  )
  for (const key of configKeys) serve.option(`${flagOf(key)} <value>`, ServerConfig.shape[key].description ?? '')
  serve.action(async (options) => (await import('./serve.ts')).serve(parseServerConfig(options, io.env), io, version))

  const demo = command('demo', 'one alert, all the way, on the embedded database and a recorded broken cluster').option(
    '--keep',
    'leave it serving afterwards',
  )
  withAgent(demo).action(async (options) => (await import('./demo.ts')).demo(options, io))

  command('get <kind> [name]', 'list investigations, incidents or alerts of a running server, or show one investigation')
    .option('-n, --namespace <namespace>', 'only this namespace; for one investigation its namespace', undefined)
    .option('-w, --watch', 'follow the timeline of one investigation as it happens')
    .option('--artifact <name>', 'print the whole of one long output of that investigation')
    .option('--limit <n>', 'rows of a list', '50')
    .option('--server <url>', "the server's API (INQUEST_SERVER)", undefined)
    .option('--token <token>', 'its token (INQUEST_TOKEN); default: the one in the data folder')
    .option('--data-dir <dir>', "the server's data folder, where its token lies (INQUEST_DATA_DIR)")
    .option('--context <name>', "ask the Inquest of this kubeconfig context's cluster, through its API server, as the kubeconfig's user")
    .option('--kubeconfig <file>', 'the same with this kubeconfig')
    .option('--inquest-namespace <namespace>', 'where Inquest is installed there (INQUEST_NAMESPACE); default: inquest')
    .option('--service-account <namespace/name>', "show a token of this ServiceAccount that only Inquest takes, not the kubeconfig's own")
    .addOption(new Option('-o, --output <format>', 'how to print').choices(OUTPUTS).default('text'))
    .action(async (kind: string, name: string | undefined, options) => (await import('./get.ts')).get(kind, name, options, io))

  const sources = command('sources', 'try out Sources')
  sources
    .command('test <payload>')
    .description('show what a posted payload becomes at a Source, and why; - reads standard input')
    .option('--source <file>', 'manifest of the Source; without it an alertmanager one')
    .option('--name <name>', 'which Source of that file')
    .addOption(new Option('--preset <name>', 'a webhook Source with this preset and nothing else').choices(WEBHOOK_PRESETS))
    .option(
      '--header <header>',
      'a header of the request, "Name: value"; may be repeated',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (path: string, options) => (await import('./sources.ts')).testSource(path, options, io))

  command('crds', 'print the CustomResourceDefinitions')
    .option('--write <dir>', 'write one file a kind into this folder instead')
    .action(async (options) => (await import('./crds.ts')).crds(options, io))

  command('rules [name]', 'list the rules of the diagnosis, or explain one')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(OUTPUTS).default('text'))
    .action(async (name: string | undefined, options) => (await import('./rules.ts')).rules(name, options, io))
  return root
}
