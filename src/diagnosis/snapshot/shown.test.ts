import { expect, it } from 'vitest'
import { shownValue } from './shown.ts'

it.each([
  ['spec.template.spec.containers[name=app].env[name=DB_PASSWORD].value', 'hunter2', '[REDACTED:env]'],
  ['spec.template.spec.containers[name=app].env[name=DB_HOST].value', 'db', 'db'],
  ['data.api_key', 'abc', '[REDACTED:env]'],
  ['data[app.yaml]', 'a: 1', 'a: 1'],
  ['spec.template.spec.containers[name=app].env[name=DB_PASSWORD].value', '', ''],
])('%s = %s is shown as %s', (field, value, shown) => expect(shownValue(field, value)).toBe(shown))
