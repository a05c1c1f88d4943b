import { isHarmlessValue, isSensitiveKey } from '#kit/redact-assignments'
import { redactDeep } from '#kit/redact'

/**
 * What only kubectl's way of printing makes a secret hard to see. Everything here comes before #kit/redact, which knows secrets in text in general.
 */

/** Two or more lines of a PEM block's width: of a certificate or a key whose first line a log's tail has cut off. */
const BASE64_LINES = /(?:^(?:[^\n]{0,100}[ \t"'])?[A-Za-z0-9+/]{60,80}={0,2}[ \t"']*(?:\n|$)){2,}/gm

export const maskBase64Blocks = (text: string): string => text.replace(BASE64_LINES, '[REDACTED:base64-block]\n')

/** `describe` prints a ConfigMap's value below its key and a rule of dashes, and each argument of a command on a line of its own. */
export function maskDescribe(text: string): string {
  const lines = text.split('\n')
  let isMasking = false
  for (let i = 0; i < lines.length; i++) {
    const key = lines[i + 1] === '----' ? /^(\S+):$/.exec(lines[i]!)?.[1] : undefined
    if (key !== undefined) {
      isMasking = isSensitiveKey(key)
      i++
    } else if (isMasking) {
      if (/^(?:BinaryData$|Events:|Name:\s)/.test(lines[i]!)) isMasking = false
      else if (lines[i]!.trim() !== '' && !isHarmlessValue('', lines[i]!.trim())) lines[i] = '[REDACTED:value]'
    } else {
      const flag = /^(\s+)--?([\w.-]+)$/.exec(lines[i]!)
      const next = lines[i + 1] ?? ''
      if (flag && isSensitiveKey(flag[2]!) && next.startsWith(flag[1]!) && !next.trim().startsWith('-'))
        lines[i + 1] = `${flag[1]}[REDACTED:flag]`
    }
  }
  return lines.join('\n')
}

/**
 * The values in these objects (JSON as kubectl prints it) that redaction masks: an expression such as `{.data.password}` prints them without the
 * key that gives them away.
 */
export function sensitiveValues(json: string): string[] {
  const values = new Set<string>()
  const before = JSON.parse(json) as unknown
  compare(before, redactDeep(before), values)
  return [...values].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
}

function compare(before: unknown, after: unknown, values: Set<string>): void {
  if (typeof before === 'string') {
    // Masked as a whole: because of its key or its neighbour. What is masked inside a text, #kit/redact finds in any output.
    if (before === after || !/^\[REDACTED:[a-z-]+\]$/.test(String(after))) return
    values.add(before)
    if (before.includes('\n')) for (const line of before.split('\n')) if (line.trim().length > 3) values.add(line.trim())
  } else if (Array.isArray(before)) {
    before.forEach((item, i) => compare(item, (after as unknown[])[i], values))
  } else if (before !== null && typeof before === 'object') {
    for (const [key, value] of Object.entries(before)) compare(value, (after as Record<string, unknown>)[key], values)
  }
}

/** Masks values wherever they stand, plain or as a JSON string; very short ones only as whole words. */
export function maskValues(text: string, values: readonly string[]): string {
  let out = text
  for (const value of values) {
    for (const form of new Set([value, JSON.stringify(value).slice(1, -1)])) {
      if (form.length > 3) out = out.replaceAll(form, '[REDACTED:value]')
      else out = out.replace(new RegExp(`(?<!\\w)${form.replace(/[^\w]/g, String.raw`\$&`)}(?!\\w)`, 'g'), '[REDACTED:value]')
    }
  }
  return out
}

/** Fields on the way to another. */
const BRANCHES = new Set(
  'items metadata spec status template containers initContainers containerStatuses initContainerStatuses state lastState waiting running terminated resources conditions ports selector capacity allocatable involvedObject regarding ownerReferences labels tolerations taints volumes persistentVolumeClaim claimRef nodeInfo addresses'.split(
    ' ',
  ),
)
/** Fields whose whole value holds no secret, in no kind. */
const LEAVES = new Set(
  'name namespace labels creationTimestamp deletionTimestamp ownerReferences kind apiVersion generation finalizers uid phase reason message type conditions lastTransitionTime ready restartCount state lastState waiting running terminated exitCode signal startedAt finishedAt started image replicas readyReplicas availableReplicas unavailableReplicas updatedReplicas currentReplicas desiredReplicas minReplicas maxReplicas observedGeneration nodeName serviceAccountName resources requests limits cpu memory storage ports containerPort port targetPort protocol selector matchLabels clusterIP hostIP podIP startTime qosClass priorityClassName tolerations taints effect operator capacity allocatable storageClassName volumeName claimName accessModes involvedObject regarding count firstTimestamp lastTimestamp eventTime kubeletVersion unschedulable paused suspend schedule active succeeded failed completionTime'.split(
    ' ',
  ),
)

/** `.a.b[0].c`, `.items[*]`, `.conditions[?(@.type=="Ready")]`: only names, and no `*` or `..` that reaches everything. */
const CHAIN = String.raw`\$?(?:\.[A-Za-z_][\w-]*|\[(?:\d+|\*|\?\(@[^\]]*\))\])+`
const WHOLE_CHAIN = new RegExp(`^${CHAIN}$`)
const LITERAL = /^"(?:[^"\\]|\\.)*"$/

/**
 * Whether an `-o` expression (`jsonpath=…`, `custom-columns=…`) may print a field that holds a secret. Only what is wholly understood and ends in
 * fields known to be harmless may not.
 */
export function mayPrintSecrets(output: string): boolean {
  const [kind, expression] = [output.slice(0, output.indexOf('=')), output.slice(output.indexOf('=') + 1)]
  if (kind === 'custom-columns') {
    // kubectl takes `metadata.name`, `.metadata.name` and `{.metadata.name}` for the same.
    return expression.split(',').some((column) => {
      const path = column.slice(column.indexOf(':') + 1).replace(/^\{([^{}]*)\}$/, '$1')
      return !column.includes(':') || !isHarmless(path.startsWith('.') ? path : `.${path}`)
    })
  }
  const groups = expression.match(/\{(?:"(?:[^"\\]|\\.)*"|[^{}"]|"[^"{}]*")*\}/g) ?? []
  const between = groups.reduce((rest, group) => rest.replace(group, ''), expression)
  if (/[{}]/.test(between)) return true
  return groups.some((group) => {
    const inside = group.slice(1, -1).trim()
    const range = /^range\s+(\S.*)$/.exec(inside)?.[1]
    if (range !== undefined) return !WHOLE_CHAIN.test(range) || fieldsOf(range).some((name) => !BRANCHES.has(name))
    return inside !== 'end' && !LITERAL.test(inside) && !isHarmless(inside)
  })
}

function isHarmless(chain: string): boolean {
  const names = WHOLE_CHAIN.test(chain) ? fieldsOf(chain) : []
  return names.length > 0 && LEAVES.has(names.at(-1)!) && names.slice(0, -1).every((name) => BRANCHES.has(name))
}

const fieldsOf = (chain: string): string[] => [...chain.replace(/\[[^\]]*\]/g, '').matchAll(/\.([\w-]+)/g)].map((match) => match[1]!)
