import { asCommandLine, flag, judgeKubectl, withFlag, type KubectlCall } from '#policy'
import type { LookFailure } from '#agent'
import { parseDuration } from '#kit/duration'
import { InputError, RetryableError, TerminalError } from '#kit/errors'
import { redact, redactDeep } from '#kit/redact'
import { DEFAULT_STEP_TIMEOUT } from '#kinds/workflow'
import { renderArgs } from './args.ts'
import type { PrintedOutputs, SingleKind } from './run.ts'
import { scopeOf } from './scope.ts'
import { DEFAULT_SERVICE_ACCOUNT } from './step-diagnose.ts'

/** Of what it printed, in the step's record; the artifact has more. */
const MAX_TEXT = 16_000
const MAX_JSON = 128 * 1024

/** What a kubectl step leaves to the steps after it. */
export interface KubectlOutputs extends PrintedOutputs {
  /** One line: `7 rows, 2 of them not in order`. */
  summary: string
  /** Where the whole is kept, redacted. */
  artifact: string
  /** With `-o json` what was asked for, without secrets; null: it was not asked for, or it is more than 128 kB. */
  json: unknown
}

/**
 * One command of the Workflow's author. What the templates gave is judged as a model's command would be, and what runs is written anew from
 * how it was understood (decision 10). It only reads, so a body that runs again after a crash does no harm. One record.
 */
export const kubectlStep: SingleKind = {
  async run(run, { spec, records, signal, timeline }): Promise<KubectlOutputs> {
    const { parts, investigation, owner } = run
    const { namespace, input } = investigation
    const words = renderArgs(spec.kubectl!.args, scopeOf(input, records), 'kubectl.args')
    const verdict = judgeKubectl(words)
    if (verdict.verdict !== 'allow') {
      const why = verdict.verdict === 'deny' ? verdict.reason : `kubectl ${verdict.call.command} changes the cluster, and a step only reads`
      throw new InputError(why, { field: 'kubectl.args', remedy: 'Look at what the templates give for this alert.' })
    }
    const call = at(verdict.call, namespace)
    const command = redact(asCommandLine(call))
    timeline.progress('progress', { text: `$ ${command}` })
    const serviceAccountName = input.workflow.spec.serviceAccountName ?? DEFAULT_SERVICE_ACCOUNT
    const limitMs = parseDuration(spec.timeout ?? DEFAULT_STEP_TIMEOUT)
    // It ends a moment before the step does: what it says then tells more.
    const timeoutMs = limitMs - Math.min(2_000, limitMs / 4)
    const kubectl = await parts.openKubectl({ namespace, serviceAccountName, timeoutMs, textChars: MAX_TEXT })
    if ('why' in kubectl) throw new TerminalError(`kubectl cannot be run: ${kubectl.why}`)
    try {
      const { text, full, summary, json, failure } = await kubectl.look(call, signal)
      if (failure) throw failed(failure, `${command}: ${oneLine(text)}`, `${namespace}/${serviceAccountName}`)
      const place = { investigationId: investigation.id, attempt: owner.attempt, step: spec.name, name: 'kubectl.txt' }
      const content = redact(`$ ${command}\n${full ?? text}\n`)
      const { id: artifact } = await parts.artifacts.put({ ...place, mediaType: 'text/plain', content })
      timeline.progress('progress', { text: summary })
      const read = full !== null && full.length <= MAX_TEXT ? full : text
      return redactDeep({ command, text: read, summary, artifact, json: JSON.stringify(json).length <= MAX_JSON ? json : null })
    } finally {
      await kubectl.close()
    }
  },
}

/** Without -n it is the Workflow's namespace, whatever a kubeconfig says. */
const at = (call: KubectlCall, namespace: string): KubectlCall =>
  flag(call, 'namespace') === undefined && flag(call, 'all-namespaces') !== 'true' ? withFlag(call, 'namespace', namespace) : call

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, '; ')

/** What a person does about it; what time or another try may mend can be tried again. */
function failed(why: LookFailure, said: string, account: string): Error {
  switch (why) {
    case 'forbidden':
      return new TerminalError(`${said}. Bind ServiceAccount ${account} (with --manifests the kubeconfig's user) to a role that may.`)
    case 'too-much':
      return new TerminalError(said)
    case 'not-found':
      return new RetryableError(`${said}. Look at the name and at -n; --ignore-not-found or onError: Continue goes on without it.`)
    case 'timeout':
    case 'failed':
      return new RetryableError(said)
  }
}
