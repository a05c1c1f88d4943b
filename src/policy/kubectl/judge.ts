import { asArgv, asCommandLine, type KubectlCall } from './call.ts'
import { parseKubectl } from './parse.ts'
import { bounded, REFUSALS } from './rules.ts'

/**
 * - `allow`: it only reads. `argv` is what to run, without the word `kubectl`: the call in one unambiguous form, made finite.
 * - `approve`: it changes something; a person must approve this exact call. `reason` tells the model what to do.
 * - `deny`: never. `reason` says why and what to do instead.
 */
export type KubectlVerdict =
  | { verdict: 'allow'; call: KubectlCall; argv: string[] }
  | { verdict: 'approve'; call: KubectlCall; commandLine: string; reason: string }
  | { verdict: 'deny'; reason: string }

/**
 * What a kubectl call may do. `argv` with or without the leading `kubectl`. Only an allow-listed command with allow-listed flags passes;
 * a dry run counts as the write that it rehearses.
 *
 * ```ts
 * judgeKubectl(['get', 'pods', '-nshop']) // {verdict: 'allow', argv: ['get', '--namespace=shop', '--', 'pods'], …}
 * judgeKubectl(['get', 'secret/x', '-oyaml']) // {verdict: 'deny', reason: '-o yaml of Secrets is not allowed: …'}
 * ```
 */
export function judgeKubectl(argv: readonly string[]): KubectlVerdict {
  const parsed = parseKubectl(argv)
  if ('refused' in parsed) return { verdict: 'deny', reason: parsed.refused }
  for (const rule of REFUSALS) {
    const reason = rule(parsed.call, parsed.command)
    if (reason !== null) return { verdict: 'deny', reason }
  }
  if (parsed.command.effect === 'write') {
    const commandLine = asCommandLine(parsed.call)
    const reason = `kubectl ${parsed.call.command} changes the cluster and needs a person's approval. Nothing was run. Put this exact command into recommendations (needsApproval: true) and go on reading: ${commandLine}`
    return { verdict: 'approve', call: parsed.call, commandLine, reason }
  }
  const call = bounded(parsed.call)
  return { verdict: 'allow', call, argv: asArgv(call) }
}
