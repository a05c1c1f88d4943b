import { stringify } from 'yaml'
import type { AgentOutcome } from '#agent'
import { targetOf } from '#alert'
import { diagnose } from '#diagnosis'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'
import { resultOf, usageWithoutModel, type Result } from '#kinds/result'
import { renderMarkdown, renderText } from '#sinks'
import { readAlert } from './alert-file.ts'
import type { AskAgent } from './ask-agent.ts'
import { accessCluster } from './cluster-access.ts'
import type { Io } from './io.ts'
import { modelOf, type AskOptions } from './model-config.ts'
import { createProgress, type Progress } from './progress.ts'
import { openPrometheus } from './prometheus.ts'
import { parseTarget } from './target.ts'

export interface InvestigateOptions extends AskOptions {
  namespace?: string
  bundle?: string
  kubeconfig?: string
  context?: string
  alert?: string
  output: string
}

/** `inquest investigate`: one look, straight through, without server or database. */
export async function investigate(targetText: string | undefined, options: InvestigateOptions, io: Io): Promise<void> {
  if (options.bundle && (options.context || options.kubeconfig)) {
    throw new InputError('--bundle and a live cluster exclude each other', {
      field: '--bundle',
      remedy: 'Drop --bundle, or drop --context and --kubeconfig.',
    })
  }
  const model = await modelOf(options, io.env)
  const runbook = options.runbook ? await (await import('./runbook.ts')).chooseRunbook(options.runbook) : null
  const began = systemClock.now().getTime()
  const alert = options.alert ? await readAlert(options.alert, io) : null
  const target = targetText ? parseTarget(targetText, options.namespace) : alert ? targetOf(alert) : null
  const progress = createProgress(io)
  try {
    progress.status(options.bundle ? `reading ${options.bundle}` : 'connecting to the cluster')
    const cluster = await accessCluster(options)
    const reader = await cluster.openReader()
    const metrics = openPrometheus(options)
    try {
      const diagnosis = await diagnose(
        reader,
        { target, namespace: options.namespace ?? alert?.labels['namespace'] ?? null, alert },
        { signal: io.signal, onProgress: ({ text }) => progress.status(text), prometheus: metrics.prometheus },
      )
      const asked = model
        ? await askModel(
            { model, config: options, goal: options.goal, runbook, diagnosis, alert, cluster, env: io.env, signal: io.signal },
            progress,
            io,
          )
        : null
      const durationSeconds = Math.round(systemClock.now().getTime() - began) / 1_000
      progress.done()
      const result = asked
        ? resultOf(asked.diagnosis, { ...asked.usage, durationSeconds }, asked.added)
        : resultOf(diagnosis, usageWithoutModel(durationSeconds))
      print(result, options.output, io)
    } finally {
      await metrics.close()
      await reader.close()
      await cluster.close()
    }
  } finally {
    progress.done()
  }
}

/** What asks is loaded only when there is a model to ask. */
async function askModel(about: Omit<AskAgent, 'onEvent' | 'onMissing'>, progress: Progress, io: Io): Promise<AgentOutcome> {
  const [{ askAgent }, { showAgent }] = await Promise.all([import('./ask-agent.ts'), import('./show-agent.ts')])
  return askAgent({ ...about, ...showAgent(progress, io) })
}

function print(result: Result, format: string, io: Io): void {
  if (format === 'json') io.out(`${JSON.stringify(result, null, 2)}\n`)
  else if (format === 'yaml') io.out(stringify(result))
  else if (format === 'markdown') io.out(renderMarkdown(result))
  else io.out(renderText(result, { colour: io.outIsTerminal, columns: io.columns }))
}
