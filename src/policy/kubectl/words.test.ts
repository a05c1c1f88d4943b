import { expect, test } from 'vitest'
import { splitWords } from './words.ts'

test.each([
  ['get  pods\t-n shop', ['get', 'pods', '-n', 'shop']],
  [`a'b c'd "e f"`, ['ab cd', 'e f']],
  [`'a"b' "c'd" e\\ f`, ['a"b', "c'd", 'e f']],
  [`"a\\"b\\\\c\\$d\\e"`, ['a"b\\c$d\\e']],
  [`'$(x) | \`y\` > z'`, ['$(x) | `y` > z']],
  ['get x={.items[*].a} ~ * ? # !', ['get', 'x={.items[*].a}', '~', '*', '?', '#', '!']],
  ['a \\\nb', ['a', 'b']],
  [`'' ""`, ['', '']],
  ['', []],
  ['get pods A=b', ['get', 'pods', 'A=b']],
])('%j', (line, words) => expect(splitWords(line)).toEqual({ words }))
