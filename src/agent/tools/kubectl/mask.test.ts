import { describe, expect, test } from 'vitest'
import { maskBase64Blocks, maskDescribe, maskValues, mayPrintSecrets, sensitiveValues } from './mask.ts'

describe('expressions that can print a secret', () => {
  test.each([
    'custom-columns=N:.metadata.name,S:.status.phase',
    'custom-columns=N:.metadata.name,IMG:.spec.containers[*].image',
    'custom-columns=RES:.spec.containers[0].resources',
    'jsonpath={.items[*].metadata.name}',
    'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}',
    'jsonpath={.status.containerStatuses[0].lastState.terminated}',
    'jsonpath={.status.conditions[?(@.type=="Ready")].message}',
    'jsonpath={.spec.replicas}',
    'custom-columns=N:metadata.name,P:{.status.phase}',
    'jsonpath={.items[*].metadata.name} are all',
  ])('%s cannot', (expression) => expect(mayPrintSecrets(expression)).toBe(false))

  test.each([
    'jsonpath={.data.password}',
    'jsonpath={.data}',
    'jsonpath={}',
    'jsonpath={@}',
    'jsonpath={$}',
    'jsonpath={.}',
    'jsonpath={.items}',
    'jsonpath={.items[*]}',
    'jsonpath={.items[0].spec}',
    'jsonpath={..value}',
    'jsonpath={.*}',
    'jsonpath={.spec.*}',
    "jsonpath={['data']}",
    `jsonpath={["data"]["password"]}`,
    "jsonpath={.metadata.annotations['x']}",
    'jsonpath={.metadata}',
    'jsonpath={.spec.containers}',
    'jsonpath={.spec.containers[0]}',
    'jsonpath={.spec.containers[*].env}',
    'jsonpath={.spec.containers[*].args}',
    'jsonpath={.spec.password.name}',
    'jsonpath={range .data.*}{@}{end}',
    'jsonpath={range .items[*]}{@}{end}',
    'custom-columns=P:.data.password',
    'custom-columns=P:.data',
    'custom-columns=ALL:',
    'custom-columns=ALL:.',
    'custom-columns=N:.metadata.name,A:.metadata.annotations',
    'custom-columns=P:data',
    'custom-columns=P:data.password',
    'custom-columns=P:{.data}',
    'custom-columns=P:{data}',
    'custom-columns=P:{.metadata.name}{.data}',
    'custom-columns=P',
    'jsonpath={.metadata.name}{.data}',
    'jsonpath={.metadata.name,.data}',
    'jsonpath={.metadata.name} {"}"}{.data}',
    'jsonpath={range .items[*]}{.metadata.name}{.data}{end}',
    'jsonpath={range .items[*].data}{.name}{end}',
    'jsonpath={.items[*][*]}',
    'jsonpath={.metadata.name',
    'jsonpath={[0]}',
    'jsonpath-as-json={.data}',
  ])('%s can', (expression) => expect(mayPrintSecrets(expression)).toBe(true))
})

test('the values that are secret by their key or their neighbour', () => {
  const object = {
    spec: {
      env: [
        { name: 'DB_PASSWORD', value: 'abc' },
        { name: 'LEVEL', value: 'debug' },
      ],
      args: ['--token', 'xyz-1'],
    },
    data: { apiKey: 'k"1', ok: 'fine' },
  }
  const values = sensitiveValues(JSON.stringify(object))
  expect(values.sort()).toEqual(['abc', 'k"1', 'xyz-1'])
  expect(maskValues('abc debug abcd {"k\\"1"} xyz-1', values)).toBe('[REDACTED:value] debug abcd {"[REDACTED:value]"} [REDACTED:value]')
})

test('what kubectl describe takes apart', () => {
  const text = 'Data\n====\npassword:\n----\nhunter2\nline two\n\nlevel:\n----\ndebug\n\n\nBinaryData\n====\n\nEvents:  <none>\n'
  expect(maskDescribe(text)).toBe(
    'Data\n====\npassword:\n----\n[REDACTED:value]\n[REDACTED:value]\n\nlevel:\n----\ndebug\n\n\nBinaryData\n====\n\nEvents:  <none>\n',
  )
  expect(maskDescribe('    Args:\n      --password\n      hunter2\n      --level\n      debug\n')).toBe(
    '    Args:\n      --password\n      [REDACTED:flag]\n      --level\n      debug\n',
  )
})

test('a key whose first line the tail of a log has cut off', () => {
  const row = 'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB'
  expect(maskBase64Blocks(`start\n${row}\n${row}\n-----END RSA PRIVATE KEY-----\nend\n`)).toBe(
    'start\n[REDACTED:base64-block]\n-----END RSA PRIVATE KEY-----\nend\n',
  )
  expect(maskBase64Blocks(`2026-03-01T10:00:00Z ${row}\n2026-03-01T10:00:00Z ${row}\nend`)).toBe('[REDACTED:base64-block]\nend')
  expect(maskBase64Blocks(`sha ${row}\nok\n`)).toBe(`sha ${row}\nok\n`)
})
