import { describe, expect, it } from 'vitest'
import { tailOf } from './log-tail.ts'

describe('the end of a log', () => {
  it.each([
    ['a\nb\nc\n', 2, 99, 'b\nc\n'],
    ['a\nb\nc', 2, 99, 'b\nc'],
    ['a\nb\nc\n', 3, 99, 'a\nb\nc\n'],
    ['a\nb\nc\n', 9, 99, 'a\nb\nc\n'],
    ['a\n\n\n', 2, 99, '\n\n'],
    ['', 5, 99, ''],
    ['a\nb\n', 0, 99, ''],
    // Too many bytes: whole lines only, unless one alone is too long.
    ['aaaa\nbbbb\ncc\n', 3, 9, 'bbbb\ncc\n'],
    ['aaaaaaaaaa\n', 1, 4, 'aaa\n'],
    ['aaaaaaaaaa', 1, 4, 'aaaa'],
    ['ä'.repeat(4), 1, 4, 'ää'],
  ])('%j, %i lines, %i bytes → %j', (text, lines, bytes, expected) => {
    expect(tailOf(text, lines, bytes)).toBe(expected)
  })
})
