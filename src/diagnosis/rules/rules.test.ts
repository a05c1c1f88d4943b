import { expect, it } from 'vitest'
import { rules } from './rules.ts'

it('every rule has a stable name of its own and says what a reader of `inquest rules` needs', () => {
  expect(new Set(rules.map((r) => r.id)).size).toBe(rules.length)
  for (const { id, title, means, looksAt, mend } of rules) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    for (const text of [title, means, looksAt, mend]) expect(`${id}: ${text}`).toMatch(/^[a-z-]+: .{10,}/)
  }
})
