import { judgeKubectl } from './judge.ts'

/** What is wrong with the words of a kubectl command before anybody knows what their templates give. */
interface TemplateProblem {
  /** Which word; null: the command as a whole. */
  index: number | null
  message: string
  remedy: string
}

const TEMPLATE = /\{\{[^]*?\}\}|\{%[^]*?%\}/
/** Stands for what a template prints. */
const STAND_IN = 'value'

/**
 * The verdict on a manifest's command, given as Liquid templates. It must be one that may run whatever they give; what they give is judged
 * once more with the rendered words. A flag's name and the command itself are the author's, never an alert's.
 */
export function judgeKubectlTemplates(templates: readonly string[]): TemplateProblem | null {
  for (const [index, template] of templates.entries()) {
    const start = template.search(TEMPLATE)
    if (start < 0 || !template.startsWith('-') || /^--[a-z][a-z-]*=/.test(template.slice(0, start))) continue
    const remedy = 'Write the flag out: --name={{ … }}, or the flag and its value as two words.'
    return { index, message: 'a template may give the value of a flag, and not its name', remedy }
  }
  const isTemplated = templates.some((template) => TEMPLATE.test(template))
  const words = templates.map((template) =>
    template.replaceAll(new RegExp(TEMPLATE, 'g'), (part) => (part.startsWith('{{') ? STAND_IN : '')),
  )
  // What only a condition prints: nothing can be said of it yet.
  const verdict = judgeKubectl(words.map((word) => word || STAND_IN))
  if (verdict.verdict === 'allow') return null
  if (verdict.verdict === 'approve') {
    const message = `kubectl ${verdict.call.command} changes the cluster, and a kubectl step only reads`
    return { index: null, message, remedy: 'Writes come with approvals; until then let a person run it.' }
  }
  const aside = isTemplated && verdict.reason.includes(STAND_IN) ? ` ("${STAND_IN}" stands for what a template gives)` : ''
  return { index: null, message: verdict.reason + aside, remedy: 'Write one plain command that reads, such as [get, pods, -n, shop].' }
}
