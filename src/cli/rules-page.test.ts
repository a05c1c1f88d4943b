import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rules } from '#diagnosis'
import { rulesPage } from './rules-page.ts'

test('docs/rules.md is what the rules say (`vitest run src/cli/rules-page.test.ts -u` writes it anew)', async () => {
  await expect(rulesPage(rules)).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/rules.md'))
})
