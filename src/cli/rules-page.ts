import type { Rule } from '#diagnosis'

type Docs = Pick<Rule, 'id' | 'title' | 'means' | 'looksAt' | 'mend'>

/** One rule, as its own file documents it. */
export const ruleMarkdown = ({ id, title, means, looksAt, mend }: Docs): string =>
  `## ${id}: ${title}\n\n${means}\n\nLooks at: ${looksAt}\n\nTo mend: ${mend}\n\n`

/** docs/rules.md: every rule, in the order in which a pod goes through what they look at. */
export function rulesPage(rules: readonly Docs[]): string {
  return [
    '# Rules\n',
    '<!-- Made from src/diagnosis/rules. `npx vitest run src/cli/rules-page.test.ts -u` writes it anew. -->\n',
    `What the deterministic diagnosis looks for: ${rules.length} rules. \`inquest rules NAME\` shows one; a result names the rule that found each cause.\n`,
    '| rule | finds |',
    '|---|---|',
    ...rules.map(({ id, title }) => `| [${id}](#${anchor(id, title)}) | ${title.replaceAll('|', '\\|')} |`),
    '',
    `${rules.map(ruleMarkdown).join('').trimEnd()}\n`,
  ].join('\n')
}

/** As GitHub makes it of a heading. */
const anchor = (id: string, title: string): string =>
  `${id}: ${title}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
