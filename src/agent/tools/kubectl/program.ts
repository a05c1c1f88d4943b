import { redact } from '#kit/redact'
import { asArgv, flag, withFlag, type KubectlCall } from '#policy'
import type { ToolOutput } from '../../tool.ts'
import { capLine, capMiddle, cutAt } from '../cap.ts'
import { findKubectl } from './find.ts'
import { maskValues, mayPrintSecrets, sensitiveValues } from './mask.ts'
import { objectsOf } from './objects.ts'
import { formOf, render, type Form } from './render.ts'
import { runKubectl, type RunResult } from './run.ts'

export interface KubectlOptions {
  /** An absolute path. Default: the first kubectl on `searchPath`. */
  kubectlPath?: string
  /** Where to look when no path is configured, like `PATH`. */
  searchPath?: string
  /** The content of a kubeconfig that stands alone (no paths to other files), with the identity that calls shall have; asked for before each call. */
  kubeconfig: string | (() => Promise<string>)
  /** What the kubeconfig's credential plug-ins need, such as PATH and AWS_PROFILE. Default: nothing; the server's environment is never passed on. */
  env?: Readonly<Record<string, string>>
  limits?: Partial<KubectlLimits>
}

export interface KubectlLimits {
  /** Of one call. Default 30 s. */
  timeoutMs: number
  /** What the model reads. Default 6,000. */
  textChars: number
  /** What people can read. Default 256 kB. */
  fullBytes: number
  /** kubectl is stopped when it has printed this much. Default 4 MB. */
  maxBytes: number
}

const DEFAULT_LIMITS: KubectlLimits = { timeoutMs: 30_000, textChars: 6_000, fullBytes: 256 * 1024, maxBytes: 4 * 1024 * 1024 }
/** Of plain text this much is looked at; of a log its end. */
const TEXT_BYTES = 512 * 1024

/** Why a call gave nothing. */
export type LookFailure = 'timeout' | 'too-much' | 'forbidden' | 'not-found' | 'failed'

/** A call that was carried out. */
export interface Looked extends ToolOutput {
  /** null: it was answered. */
  failure: LookFailure | null
  /** With `-o json` the object, or the list of them, redacted; null: nothing of the sort was asked for. */
  json: unknown
}

/** kubectl, found and ready; `look` carries out what the policy has allowed. */
export interface Kubectl {
  look(call: KubectlCall, signal: AbortSignal): Promise<Looked>
}

/** The program with an identity, or why there is none. */
export async function openKubectl(options: KubectlOptions): Promise<Kubectl | { why: string }> {
  const found = await findKubectl(options.kubectlPath, options.searchPath)
  if ('why' in found) return found
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const runner: Runner = async (call, form, signal) =>
    runKubectl(asArgv(call), {
      kubectlPath: found.path,
      kubeconfig: typeof options.kubeconfig === 'string' ? options.kubeconfig : await options.kubeconfig(),
      env: options.env ?? {},
      timeoutMs: limits.timeoutMs,
      signal,
      keep: form === 'log' ? 'tail' : 'head',
      // Of a long table the rows that tell of trouble may stand anywhere.
      keepBytes: form === 'objects' || form === 'table' ? limits.maxBytes : TEXT_BYTES,
      maxBytes: limits.maxBytes,
    })
  return { look: (call, signal) => look(call, runner, limits, signal) }
}

type Runner = (call: KubectlCall, form: Form, signal: AbortSignal) => Promise<RunResult>

async function look(call: KubectlCall, run: Runner, limits: KubectlLimits, signal: AbortSignal): Promise<Looked> {
  const form = formOf(call)
  const expression = form === 'expression' ? (flag(call, 'output') ?? '') : ''
  const asObjects = withFlag(call, 'output', 'json')
  // An expression may print a secret without the key that gives it away; the objects tell which values those are.
  const [result, objects] = await Promise.all([
    run(form === 'objects' ? asObjects : call, form, signal),
    expression && mayPrintSecrets(expression) ? run(asObjects, 'objects', signal) : null,
  ])
  if (!isAnswer(call, result)) return failed(call, form, result, limits)
  if (form === 'objects' && result.truncated) return failed(call, form, { ...result, ended: 'overflow' }, limits)
  let printed = result.stdout
  if (objects && printed !== '') {
    if (objects.truncated) return failed(call, 'objects', { ...objects, ended: 'overflow' }, limits)
    if (objects.code !== 0) return failed(call, form, objects, limits)
    printed = maskValues(printed, sensitiveValues(objects.stdout))
  }
  if (printed.trim() === '') {
    const said = redact(withoutChatter(result.stderr)) || (form === 'log' ? 'The log is empty.' : 'Nothing was printed.')
    return { text: capMiddle(said, limits.textChars), full: null, summary: capLine(said.split('\n')[0]!, 200), failure: null, json: null }
  }
  const rendered = render(form, printed, limits.textChars - 450)
  const cut = result.truncated
    ? `\n(kubectl printed more than was read; ${form === 'log' ? 'this is the end: use --tail, --since or -c' : 'narrow the command'})`
    : ''
  const said = result.stderr.split('\n').filter((line) => line.trim() !== '' && !CHATTER.test(line))
  const aside = said.length > 0 ? `\n(${capLine(redact(said.join('; ')), 300)})` : ''
  const full = capFull(rendered.full, limits.fullBytes, form)
  return {
    text: capMiddle(rendered.text + cut + aside, limits.textChars),
    full: rendered.left || result.truncated ? full : null,
    summary: rendered.summary,
    failure: null,
    json: form === 'objects' && flag(call, 'output') === 'json' ? objectsOf(printed) : null,
  }
}

/** `auth can-i` says no with exit code 1. */
const isAnswer = (call: KubectlCall, result: RunResult): boolean =>
  (result.ended === 'exit' && (result.code === 0 || (call.command === 'auth can-i' && /^no\b/.test(result.stdout)))) ||
  (result.ended === 'overflow' && formOf(call) !== 'objects')

function failed(call: KubectlCall, form: Form, result: RunResult, limits: KubectlLimits): Looked {
  const nothing = { full: null, error: true, json: null } as const
  if (result.ended === 'timeout') {
    const text = `kubectl did not answer within ${limits.timeoutMs / 1000} s. Ask for less (one namespace, one object), or go on without it.`
    return { ...nothing, text, summary: 'timed out', failure: 'timeout' }
  }
  if (form === 'objects' && result.ended === 'overflow') {
    const text = `This is more than ${Math.floor(limits.maxBytes / 1024)} kB of objects. Name the object, narrow by -n, -l or --field-selector, or print a table.`
    return { ...nothing, text, summary: 'too much output', failure: 'too-much' }
  }
  const said = redact(withoutChatter(result.stderr) || result.stdout.trim() || `kubectl ended with code ${result.code}`)
  const failure = /\(Forbidden\)|forbidden:/i.test(said) ? 'forbidden' : /\(NotFound\)/.test(said) ? 'not-found' : 'failed'
  const text = capMiddle(said, limits.textChars - 200)
  return { ...nothing, text, summary: capLine(`${call.command}: ${said.split('\n')[0]!}`, 200), failure }
}

/** kubectl's own log lines, which repeat what its last line says. */
const CHATTER = /^[EWIF]\d{4} \d\d:\d\d:\d\d\.\d+ /

function withoutChatter(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const plain = lines.filter((line) => !CHATTER.test(line))
  return (plain.length > 0 ? plain : lines).join('\n').trim()
}

function capFull(full: string, maxBytes: number, form: Form): string {
  if (Buffer.byteLength(full) <= maxBytes) return full
  const mark = '\n… the rest was left out …\n'
  if (form !== 'log')
    return (
      cutAt(
        Buffer.from(full)
          .subarray(0, maxBytes - mark.length - 8)
          .toString('utf8'),
        Infinity,
      ).replace(/[^\n]*$/, '') + mark
    )
  return (
    mark +
    Buffer.from(full)
      .subarray(-(maxBytes - mark.length - 8))
      .toString('utf8')
      .replace(/^[^\n]*\n/, '')
  )
}
