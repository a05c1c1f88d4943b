import { Command, Option } from 'commander'
import { clientOfVisitor, openVisitorOf, type ApiOptions } from './api-client.ts'
import type { GetOptions } from './get.ts'
import type { Io } from './io.ts'

const OUTPUTS = ['text', 'json', 'yaml', 'markdown']

type PluginOptions = ApiOptions & { namespace?: string; allNamespaces?: boolean }

/** `kubectl inquest`: everything by the kubeconfig, in its context's namespace unless told, as kubectl does it. */
export function plugin(io: Io, version: string): Command {
  const root = new Command('kubectl inquest')
    .description('Ask the Inquest of a cluster, as the user of the kubeconfig.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(add --help for what a command takes)')
  const command = (usage: string, text: string): Command =>
    root
      .command(usage)
      .description(text)
      .exitOverride()
      .configureOutput({ writeOut: io.out, writeErr: io.err })
      .option('-n, --namespace <namespace>', "default: the context's")
      .option('--context <name>', 'context of the kubeconfig')
      .option('--kubeconfig <file>', 'another kubeconfig')
      .option('--inquest-namespace <namespace>', 'where Inquest is installed (INQUEST_NAMESPACE); default: inquest')
      .option('--server <url>', "the address of Inquest's API, where it is not to be reached through the API server (INQUEST_SERVER)")
      .option(
        '--service-account <namespace/name>',
        "show Inquest a token of this ServiceAccount that only it takes, not the kubeconfig's own",
      )
      .addOption(new Option('-o, --output <format>', 'how to print').choices(OUTPUTS).default('text'))

  command('investigate [target]', 'ask for an investigation and follow it to its result; TARGET is KIND/NAME, without it the namespace')
    .option('-w, --workflow <name>', 'which Workflow investigates; default: the only one of the namespace')
    .option('--param <key=value>', 'handed to the Workflow as params; may be repeated', (pair: string, all: string[]) => [...all, pair], [])
    .option('--no-wait', 'ask only, and print the name')
    .option('--timeout <duration>', 'how long to follow it', '15m')
    .action(async (target: string | undefined, options) => (await import('./request.ts')).requestInvestigation(target, options, io))

  command('get <kind> [name]', 'list investigations, incidents or alerts, or show one investigation')
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('-w, --watch', 'follow the timeline of one investigation as it happens')
    .option('--artifact <name>', 'print the whole of one long output of that investigation')
    .option('--limit <n>', 'rows of a list', '50')
    .action(async (kind: string, name: string | undefined, options: GetOptions & PluginOptions) => {
      const visitor = await openVisitorOf(options)
      try {
        const { namespace: _, ...rest } = options
        const namespace = options.namespace ?? (options.allNamespaces ? undefined : visitor.namespace)
        const { get } = await import('./get.ts')
        await get(kind, name, { ...rest, ...(namespace === undefined ? {} : { namespace }) }, io, clientOfVisitor(visitor, options, io))
      } finally {
        visitor.close()
      }
    })
  return root
}
