import { describe, expect, it } from 'vitest'
import { InputError } from '#kit/errors'
import { pod } from './fixture.ts'
import { fieldTest, labelTest } from './selectors.ts'

const web = pod('shop', 'web', { labels: { app: 'web', tier: 'front', gen: '3', 'example.com/team': 'a' } })

describe('label selectors', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app!=web', false],
    ['missing!=web', true],
    ['app=web,tier=back', false],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['missing', false],
    ['tier in (front,back)', true],
    ['tier in ( back )', false],
    ['tier notin (back, middle)', true],
    ['missing notin (x)', true],
    ['missing in (x)', false],
    ['app=web,tier in (front,back),!canary', true],
    ['example.com/team=a', true],
    ['gen>2', true],
    ['gen<2', false],
    ['app=', false],
  ])('%j → %s', (selector, expected) => {
    expect(labelTest(selector)(web)).toBe(expected)
  })

  it.each(['=web', 'app=(', 'app in web', 'a b'])('refuses %j', (selector) => {
    expect(() => labelTest(selector)).toThrow(InputError)
  })

  it('never takes a label for an inherited property', () => {
    expect(labelTest('constructor')(web)).toBe(false)
    expect(labelTest('!toString')(web)).toBe(true)
  })
})

describe('field selectors', () => {
  const event = { ...web, kind: 'Event', involvedObject: { kind: 'Pod', name: 'web' }, type: 'Warning', source: { component: 'kubelet' } }
  it.each([
    ['', true],
    ['metadata.name=web', true],
    ['metadata.namespace!=shop', false],
    ['spec.nodeName=n1,status.phase=Running', true],
    ['status.phase!=Succeeded,status.phase!=Failed', true],
    ['spec.missing=', true],
    ['spec.missing=x', false],
    ['involvedObject.kind=Pod,involvedObject.name=web', true],
    ['type=Warning', true],
    ['source=kubelet', true],
    ['metadata.labels=', true],
  ])('%j → %s', (selector, expected) => {
    expect(fieldTest(selector)(event)).toBe(expected)
  })

  it('refuses what is no comparison', () => {
    expect(() => fieldTest('status.phase')).toThrow(InputError)
  })
})
