import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import type { RunStep } from '#kinds/run-step'
import { renderCommand } from './command.ts'
import { jobManifest, jobName } from './job-manifest.ts'
import { judgeJob } from './judge-job.ts'
import { createOutput } from './output.ts'

const of = (spec: Partial<RunStep> = {}) => ({
  namespace: 'shop',
  investigation: { id: '01995b2c-1111-7aaa-8bbb-0123456789ab', name: 'web-down-0123456789' },
  attempt: 1,
  step: 'check',
  try: 1,
  spec: { image: 'registry.example/dig:1', ...spec },
  command: renderCommand({ image: 'registry.example/dig:1', ...spec }, { alert: { labels: { host: 'a $(TOKEN) $$ $' } }, params: {} }),
  deadlineSeconds: 60,
})

describe('the Job', () => {
  test('has the same name for the same try, and another for every other', () => {
    const name = jobName(of())
    expect(name).toMatch(/^inquest-check-[0-9a-f]{12}$/)
    expect(jobName(of())).toBe(name)
    const others = [
      { ...of(), try: 2 },
      { ...of(), attempt: 2 },
      { ...of(), step: 'other' },
      { ...of(), investigation: { id: 'x' } },
    ]
    expect(new Set([name, ...others.map(jobName)]).size).toBe(5)
    expect(jobName({ ...of(), step: 'a'.repeat(63) }).length).toBeLessThanOrEqual(52)
  })

  test('names its investigation, however long that name is', () => {
    const long = `a.${'b'.repeat(250)}`
    const { labels, annotations } = jobManifest({ ...of(), investigation: { id: 'x', name: long } }).metadata
    expect(labels!['inquest.dev/investigation']).toMatch(/^a\.b{48}-[0-9a-f]{12}$/)
    expect(annotations!['inquest.dev/investigation']).toBe(long)
    expect(jobManifest(of()).metadata.labels).toMatchObject({ 'inquest.dev/investigation': 'web-down-0123456789' })
  })

  test('gives the program what the alert says and nothing else: Kubernetes would put Secrets in the place of $(NAME)', () => {
    const job = jobManifest(
      of({ command: ['dig'], args: ['{{ alert.labels.host }}'], env: [{ name: 'HOST', value: '{{ alert.labels.host }}' }] }),
    )
    const [container] = job.spec.template.spec.containers
    expect(container.args).toEqual(['a $$(TOKEN) $$$$ $$'])
    expect(container.env).toEqual([{ name: 'HOST', value: 'a $$(TOKEN) $$$$ $$' }])
    expect(container.command).toEqual(['dig'])
  })

  test.each<[RunStep['resources'], object]>([
    [undefined, { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } }],
    [{ limits: { memory: '32Mi' } }, { requests: { cpu: '50m', memory: '32Mi' }, limits: { cpu: '500m', memory: '32Mi' } }],
    [{ requests: { cpu: '2' } }, { requests: { cpu: '2', memory: '64Mi' }, limits: { cpu: '2', memory: '256Mi' } }],
    [
      { requests: { cpu: '1' }, limits: { cpu: '2' } },
      { requests: { cpu: '1', memory: '64Mi' }, limits: { cpu: '2', memory: '256Mi' } },
    ],
  ])('has limits whatever is said: %o', (resources, expected) => {
    expect(jobManifest(of(resources ? { resources } : {})).spec.template.spec.containers[0].resources).toEqual(expected)
  })
})

describe('a command', () => {
  const render = (spec: Partial<RunStep>) =>
    renderCommand(
      { command: ['/bin/x'], ...spec },
      { params: { flag: '-rf', long: 'x'.repeat(40_000), nul: 'a\0b', token: 'ghp_0123456789abcdefghijABCDEFGHIJ0123' } },
    )
  test.each<[string, Partial<RunStep>, string]>([
    ['a flag', { args: ['{{ params.flag }}'] }, 'which would be read as a flag'],
    ['a word that is too long', { args: ['{{ params.long }}'] }, 'longer than 32768 characters'],
    [
      'a command that is too long',
      { args: Array.from({ length: 10 }, () => '{{ params.long | slice: 0, 30000 }}') },
      'the command is longer than',
    ],
    ['a zero byte', { env: [{ name: 'A', value: '{{ params.nul }}' }] }, 'holds a zero byte'],
  ])('is refused with %s', (_, spec, says) => expect(() => render(spec)).toThrow(says))
  test('is shown without secrets', () => {
    expect(render({ args: ['--token={{ params.token }}', '-rf{{ params.flag }}'] }).line).toBe(
      '/bin/x --token=[REDACTED:github-token] -rf-rf',
    )
  })
})

describe('what a Job has come to', () => {
  const job = (status: object = {}, spec: object = {}): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec,
    status,
  })
  const pod = (state: object | null, status: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'run', image: 'i:1' }] },
    status: { phase: 'Pending', ...(state && { containerStatuses: [{ name: 'run', state }] }), ...status },
  })
  const deleted = (exitCode: number, status: object = {}): KubeObject => {
    const one = pod({ terminated: { exitCode, reason: 'Error' } }, status)
    return { ...one, metadata: { ...one.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
  }
  const failed = (reason: string) => job({ conditions: [{ type: 'Failed', status: 'True', reason, message: 'm' }] })
  test.each<[string, KubeObject | null, KubeObject[], string[], object]>([
    ['nothing yet', job(), [], [], { kind: 'waiting', trouble: null }],
    ['a pod on its way', job(), [pod({ waiting: { reason: 'ContainerCreating' } })], [], { kind: 'waiting', trouble: null }],
    ['it runs', job(), [pod({ running: {} })], [], { kind: 'running', pod: 'p' }],
    ['it ended', job(), [pod({ terminated: { exitCode: 2, reason: 'Error' } })], [], { kind: 'ended', exitCode: 2 }],
    ['it ended before the Job was gone', null, [pod({ terminated: { exitCode: 0 } })], [], { kind: 'ended', exitCode: 0 }],
    ['it ended while its pod was deleted', job(), [deleted(0)], [], { kind: 'ended', exitCode: 0 }],
    ['its pod was deleted', job(), [deleted(137)], [], { kind: 'lost', message: 'the pod was deleted while the program ran' }],
    ['its Job was deleted', null, [deleted(143)], [], { message: 'the pod was deleted while the program ran, with its Job' }],
    [
      'a drain',
      job(),
      [
        deleted(143, {
          conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }],
        }),
      ],
      [],
      { kind: 'lost', message: 'the pod was deleted while the program ran (EvictionByEvictionAPI: Eviction API: evicting)' },
    ],
    [
      'the cluster’s own deadline, with its pod',
      failed('DeadlineExceeded'),
      [deleted(137)],
      [],
      { message: 'the Job did not end in its time' },
    ],
    ['out of memory', job(), [pod({ terminated: { exitCode: 137, reason: 'OOMKilled' } })], [], { kind: 'ended', exitCode: 137 }],
    [
      'no such program',
      job(),
      [pod({ terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "dgi": not found' } })],
      [],
      { kind: 'lost', message: 'the program could not be started: exec: "dgi": not found' },
    ],
    [
      'an image that does not exist',
      job(),
      [pod({ waiting: { reason: 'ImagePullBackOff', message: 'back-off' } })],
      [],
      { trouble: { key: 'pull', patienceMs: 25_000 } },
    ],
    [
      'an image that none can be',
      job(),
      [pod({ waiting: { reason: 'InvalidImageName', message: 'x' } })],
      [],
      { trouble: { patienceMs: 0 } },
    ],
    [
      'a user that is root',
      job(),
      [pod({ waiting: { reason: 'CreateContainerConfigError', message: 'container has runAsNonRoot' } })],
      [],
      { trouble: { remedy: expect.stringContaining('runAsUser') } },
    ],
    [
      'no node',
      job(),
      [pod(null, { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes' }] })],
      [],
      { trouble: { key: 'unschedulable', message: 'no node takes its pod: 0/3 nodes' } },
    ],
    [
      'an eviction',
      job(),
      [pod(null, { phase: 'Failed', reason: 'Evicted', message: 'no memory' })],
      [],
      { kind: 'lost', message: 'the pod was ended from outside: Evicted: no memory' },
    ],
    ['a pod that is refused', job(), [], ['pods "j-" is forbidden: violates PodSecurity'], { trouble: { key: 'unmade' } }],
    ['a queue', job({}, { suspend: true }), [], [], { trouble: { key: 'suspended' } }],
    ['the cluster’s own deadline', failed('DeadlineExceeded'), [], [], { kind: 'lost', message: 'the Job did not end in its time' }],
    ['a pod that was taken away', failed('BackoffLimitExceeded'), [], [], { kind: 'lost', remedy: expect.stringContaining('retry') }],
    ['nothing any more', null, [], [], { kind: 'lost', message: 'the Job was deleted before it ended' }],
  ])('%s', (_, theJob, pods, complaints, expected) => expect(judgeJob(theJob, pods, complaints)).toMatchObject(expected))
})

describe('what a program printed', () => {
  const printed = (lines: readonly string[]) => {
    const output = createOutput()
    output.add({ lines, bytes: lines.reduce((sum, line) => sum + line.length + 1, 0) })
    return output
  }

  test('is kept at its beginning and its end', () => {
    const output = printed(Array.from({ length: 100_000 }, (_, i) => `line ${i} of the log`))
    const lines = output.whole().split('\n')
    expect(lines[0]).toBe('line 0 of the log')
    expect(lines.at(-1)).toBe('line 99999 of the log')
    const gap = lines.findIndex((line) => /^… \d+ lines left out …$/.test(line))
    expect(lines.length - 1 + Number(/\d+/.exec(lines[gap]!)![0])).toBe(100_000)
    expect(Number(/\d+/.exec(lines[gap + 1]!)![0]) - Number(/\d+/.exec(lines[gap - 1]!)![0]) - 1).toBe(Number(/\d+/.exec(lines[gap]!)![0]))
    expect(output.whole().length).toBeLessThan(900_000)
    expect(output.end().length).toBeLessThanOrEqual(8_192)
    expect(output.end().split('\n')[0]).toMatch(/^line \d+ of the log$/)
  })

  test.each<[string, string[], unknown]>([
    ['the whole', ['{', '  "ok": true', '}'], { ok: true }],
    ['the last line', ['looking', '{"ok": 1}', ''], { ok: 1 }],
    ['a list', ['[1, 2]'], [1, 2]],
    ['neither', ['{"ok": 1}', 'done'], null],
    ['a number', ['3'], null],
    ['broken', ['{"ok": '], null],
    ['a secret', ['{"password": "hunter2hunter2"}'], { password: '[REDACTED:value]' }],
    ['too much', [`{"a": "${'x'.repeat(70_000)}"}`], null],
  ])('JSON: %s', (_, lines, json) => expect(printed(lines).json()).toEqual(json))

  test('what is new is shown once, and a key that comes in parts is not', () => {
    const output = printed(['one', 'two'])
    expect(output.fresh()).toBe('one\ntwo')
    expect(output.fresh()).toBeNull()
    output.add({ lines: ['-----BEGIN PRIVATE KEY-----'], bytes: 28 })
    output.fresh()
    output.add({ lines: ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ'], bytes: 51 })
    expect(output.fresh()).not.toContain('MIIE')
    output.add({ lines: ['-----END PRIVATE KEY-----', 'three'], bytes: 32 })
    expect(output.fresh()).toContain('three')
    expect(output.whole()).not.toContain('MIIE')
  })

  test('a key whose head is left out is not shown', () => {
    const key = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ'
    for (const pad of [0, 5, 25]) {
      const output = printed(Array.from({ length: 8_000 }, () => 'x'.repeat(100)))
      output.add({
        lines: ['-----BEGIN RSA PRIVATE KEY-----', ...Array.from({ length: 30 }, () => key), '-----END RSA PRIVATE KEY-----'],
        bytes: 1_600,
      })
      // So much that the gap ends within the key, or just beside it.
      const size = 640 * 1024 - 32 * 52 + pad * 52
      output.add({ lines: [...Array.from({ length: Math.floor(size / 101) }, () => 'y'.repeat(100)), 'the end'], bytes: size })
      const whole = output.whole()
      expect(whole).toMatch(/lines left out …\n(x|y|\[REDACTED:private-key\])/)
      expect(whole).not.toContain(key)
      expect(whole).toMatch(/y\nthe end$/)
    }
  })

  test.each<[string, string, string]>([
    ['colours', '\x1b[1;31mpassword=\x1b[0m\x1b[32mhunter2-hunter2\x1b[0m', 'password=[REDACTED:password]'],
    ['a title', '\x1b]0;own\x07done\x1b(B', 'done'],
    ['a bar that grows', 'one 10%\rone 99%\r', 'one 10%\none 99%'],
    ['a line end of Windows', 'one\r', 'one'],
    ['bytes that are no text', 'a\0b', 'a\uFFFDb'],
  ])('%s is read as a person would', (_, line, text) => expect(printed([line]).whole()).toBe(text))

  test('no half of a character is left at a cut', () => {
    const output = printed([`a${'😀'.repeat(20_000)}`])
    for (const text of [output.fresh()!, output.end()]) expect(text.isWellFormed()).toBe(true)
  })
})
