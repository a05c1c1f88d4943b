import { z } from 'zod'
import { judgeKubectl, splitWords } from '#policy'
import type { Tool, ToolOutput } from '../tool.ts'
import { capLine } from './cap.ts'
import { openKubectl, type KubectlOptions } from './kubectl/program.ts'

const DESCRIPTION = `Read the cluster with kubectl. One plain read-only command a call, no shell (no pipes, no redirection): get, describe, logs, events, top pod|node, rollout status|history, explain, api-resources, auth can-i, version. -o wide|name|yaml|json|jsonpath=…|custom-columns=…; no --watch, no files. Of Secrets only names. Long output is shortened: ask narrowly (-n, -l, --field-selector, a name, --tail, --previous). Commands that change something are not run: propose them in recommendations.`

const FORBIDDEN = '\nThe identity used here may not read this; go on without it and say so.'

const Input = z.object({
  command: z
    .union([z.string(), z.array(z.string())])
    .describe('The command, e.g. "kubectl get pods -n shop -o wide", or its words as a list.'),
})

/** The tool, or why it cannot be had. */
export async function createKubectlTool(options: KubectlOptions): Promise<{ tool: Tool } | { why: string }> {
  const kubectl = await openKubectl(options)
  if ('why' in kubectl) return kubectl
  return {
    tool: {
      name: 'kubectl',
      description: DESCRIPTION,
      inputSchema: Input,
      async call(input, { signal }) {
        const { command } = Input.parse(input)
        const words = typeof command === 'string' ? splitWords(command.trim()) : { words: command }
        if ('refused' in words) return refused(words.refused)
        const verdict = judgeKubectl(words.words)
        if (verdict.verdict === 'deny') return refused(verdict.reason)
        if (verdict.verdict === 'approve')
          return { text: verdict.reason, full: null, error: true, summary: `not run, needs approval: ${capLine(verdict.commandLine, 200)}` }
        const { failure, json: _, ...output } = await kubectl.look(verdict.call, signal)
        return failure === 'forbidden' ? { ...output, text: output.text + FORBIDDEN } : output
      },
    },
  }
}

const refused = (reason: string): ToolOutput => ({
  text: `Refused: ${reason}.`,
  full: null,
  error: true,
  summary: `refused: ${capLine(reason, 200)}`,
})
