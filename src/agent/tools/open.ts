import type { HttpClient } from '#kit/http'
import type { AgentToolName } from '#kinds/workflow'
import { errorText } from '#kit/errors'
import type { Tool, ToolSet } from '../tool.ts'
import { createKubectlTool } from './kubectl.ts'
import type { KubectlOptions } from './kubectl/program.ts'
import { createPromqlTool, type PromqlToolOptions } from './promql.ts'

export interface OpenToolsOptions {
  wanted: readonly AgentToolName[]
  /** Or why the cluster cannot be reached. */
  kubectl: Omit<KubectlOptions, 'limits'> | { why: string }
  /** null: none is configured. */
  prometheus: (Pick<PromqlToolOptions, 'auth' | 'namespace'> & { url: string }) | null
  http: HttpClient
  alertStartsAt: string | null
  /** The cluster's own clock. */
  now(): Date
  /** When the cluster was recorded; null: it runs. */
  recordedAt: Date | null
}

export interface OpenTools extends ToolSet {
  about: string | null
}

/** The tools that an agent asked for; what cannot be had is told with the reason. Never throws but what `signal` was aborted with. */
export async function openTools(options: OpenToolsOptions, signal: AbortSignal): Promise<OpenTools> {
  const makers: Record<AgentToolName, () => Promise<{ tool: Tool } | { why: string }>> = {
    kubectl: async () => ('why' in options.kubectl ? options.kubectl : createKubectlTool(options.kubectl)),
    promql: () =>
      createPromqlTool(
        {
          url: options.prometheus?.url,
          auth: options.prometheus?.auth,
          namespace: options.prometheus?.namespace ?? null,
          http: options.http,
          alertStartsAt: options.alertStartsAt,
          now: options.now,
        },
        signal,
      ),
  }
  const made = await Promise.all(
    options.wanted.map(async (name) => {
      try {
        return { name, ...(await makers[name]()) }
      } catch (error) {
        signal.throwIfAborted()
        return { name, why: errorText(error) }
      }
    }),
  )
  return {
    tools: made.flatMap((one) => ('tool' in one ? [one.tool] : [])),
    unavailable: made.flatMap((one) => ('why' in one ? [{ name: one.name, why: one.why }] : [])),
    about: options.recordedAt && aboutRecording(options.recordedAt),
  }
}

/** kubectl counts the ages in `describe` to today, which a recording knows nothing of. */
const aboutRecording = (at: Date): string =>
  `The cluster is a recording: its clock stopped at ${at.toISOString().slice(0, 19)}Z. Go by timestamps; ages in \`describe\` and \`events\` are counted to today and mean nothing.`
