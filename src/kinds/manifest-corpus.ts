/**
 * Good and bad manifests for tests: zod and a real API server must give each the same verdict. The base objects are good;
 * a case changes one thing.
 */
interface Case {
  kind: 'Source' | 'Workflow' | 'Sink' | 'Investigation'
  says: string
  good: boolean
  spec: unknown
}

const SOURCE = { alertmanager: {}, auth: { none: {} }, workflowRef: { name: 'w' } }
const WORKFLOW = { steps: [{ name: 'look', diagnose: {} }] }
const INVESTIGATION = { workflowRef: { name: 'w' } }
const HOOK = { url: 'https://hooks.example/x' }
const REF = { name: 's', key: 'k' }
const CLAUDE = { provider: 'anthropic', name: 'claude-sonnet-5', apiKeySecretRef: REF }
const GPT = { provider: 'openai', name: 'gpt-5', apiKeySecretRef: REF }
const LOCAL = { provider: 'openai-compatible', name: 'llama3.3', baseURL: 'http://ollama.ai:11434/v1' }
const SCRIPT = { provider: 'scripted', file: 'talk.conversation.yaml' }
const SLACK = { tokenSecretKeyRef: REF, channel: 'C0123456789' }
const ALERTMANAGER = { url: 'http://alertmanager.monitoring:9093' }
const step = (more: object) => ({ steps: [{ name: 'look', diagnose: {}, ...more }] })
const header = (more: object) => ({ webhook: { ...HOOK, headers: [{ name: 'X-A', ...more }] } })
const entries = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 'v']))

const source = (says: string, good: boolean, more: object): Case => ({ kind: 'Source', says, good, spec: { ...SOURCE, ...more } })
const workflow = (says: string, good: boolean, spec: unknown): Case => ({ kind: 'Workflow', says, good, spec })
const run = (says: string, good: boolean, more: object): Case =>
  workflow(`a run step: ${says}`, good, { steps: [{ name: 'check', run: { image: 'registry.example/dig:1', ...more } }] })
const model = (says: string, good: boolean, model: object): Case => workflow(`a model: ${says}`, good, { ...WORKFLOW, model })
const sink = (says: string, good: boolean, spec: unknown): Case => ({ kind: 'Sink', says, good, spec })
const investigation = (says: string, good: boolean, more: object): Case => ({
  kind: 'Investigation',
  says,
  good,
  spec: { ...INVESTIGATION, ...more },
})

export const CORPUS: readonly Case[] = [
  source('the least there can be', true, {}),
  source('everything', true, {
    auth: { basic: { username: 'u', passwordSecretKeyRef: REF } },
    filter: 'alert.labels.severity == "critical"',
    grouping: { by: ['namespace'], window: '5s', cooldown: '1h30m' },
    params: { region: 'eu' },
    suspend: true,
  }),
  source('no auth', false, { auth: undefined }),
  source('auth without a kind', false, { auth: {} }),
  source('two kinds of auth', false, { auth: { none: {}, bearer: { secretKeyRef: REF } } }),
  source('no kind of source', false, { alertmanager: undefined }),
  source('a kind kept for later', false, { alertmanager: undefined, slack: {} }),
  source('a webhook with a preset', true, { alertmanager: undefined, webhook: { preset: 'grafana' } }),
  source('a webhook with a mapping', true, {
    alertmanager: undefined,
    webhook: { mapping: { alerts: 'body.events', status: 'item.state', labels: { alertname: 'item.check' }, startsAt: 'item.at' } },
    auth: { hmac: { secretKeyRef: REF, header: 'X-Signature' } },
  }),
  source('a webhook with labels from a map', true, { alertmanager: undefined, webhook: { mapping: { labelsFrom: 'item.tags' } } }),
  source('a webhook that says nothing', false, { alertmanager: undefined, webhook: {} }),
  source('a webhook without labels', false, { alertmanager: undefined, webhook: { mapping: { status: 'item.state' } } }),
  source('a preset that there is not', false, { alertmanager: undefined, webhook: { preset: 'nagios' } }),
  source('a member of the mapping that there is not', false, { alertmanager: undefined, webhook: { mapping: { label: 'item' } } }),
  source('an empty expression of the mapping', false, { alertmanager: undefined, webhook: { mapping: { labelsFrom: '' } } }),
  source('a header that is none', false, { auth: { hmac: { secretKeyRef: REF, header: 'X Signature' } } }),
  source('a ServiceAccount of another namespace', true, { auth: { serviceAccount: { name: 'alertmanager', namespace: 'monitoring' } } }),
  source('a ServiceAccount without a name', false, { auth: { serviceAccount: { namespace: 'monitoring' } } }),
  source('what is asked for', true, { alertmanager: undefined, api: {} }),
  source('what is asked for, grouped', false, { alertmanager: undefined, api: {}, grouping: { by: ['a'] } }),
  source('what is asked for, by anybody', false, { alertmanager: undefined, api: {}, auth: undefined }),
  source('a schedule', true, { alertmanager: undefined, auth: undefined, schedule: { cron: '0 3 * * *' } }),
  source('a schedule with everything', true, {
    alertmanager: undefined,
    auth: undefined,
    schedule: {
      cron: '@daily',
      timeZone: 'Europe/Berlin',
      jitter: '10m',
      startingDeadline: '2h',
      concurrency: 'Replace',
      target: { kind: 'Namespace', name: 'shop' },
      report: 'Always',
    },
  }),
  source('a schedule without a time', false, { alertmanager: undefined, auth: undefined, schedule: {} }),
  source('a schedule with auth', false, { alertmanager: undefined, schedule: { cron: '0 3 * * *' } }),
  source('a schedule with a filter', false, { alertmanager: undefined, auth: undefined, schedule: { cron: '0 3 * * *' }, filter: 'true' }),
  source('a concurrency that there is not', false, {
    alertmanager: undefined,
    auth: undefined,
    schedule: { cron: '0 3 * * *', concurrency: 'Queue' },
  }),
  source('a watch', true, { alertmanager: undefined, auth: undefined, kubernetes: {} }),
  source('a watch with everything', true, {
    alertmanager: undefined,
    auth: undefined,
    kubernetes: {
      problems: ['CrashLoop', 'NodeNotReady'],
      scope: 'Cluster',
      selector: 'app=web,tier in (a,b)',
      for: '1m',
    },
    filter: 'alert.labels.namespace != "kube-system"',
    grouping: { by: ['namespace'] },
  }),
  source('a watch of Events with everything', true, {
    alertmanager: undefined,
    auth: undefined,
    kubernetes: {
      problems: ['WarningEvent'],
      scope: 'Cluster',
      events: { reasons: ['FailedMount'], kinds: ['Pod'], namespaces: ['shop', 'bank'], minCount: 3, resolveAfter: '20m' },
    },
  }),
  source('a watch of all Events beside the rest', true, { alertmanager: undefined, auth: undefined, kubernetes: { events: {} } }),
  source('Events without saying which', false, { alertmanager: undefined, auth: undefined, kubernetes: { problems: ['WarningEvent'] } }),
  source('Events that are no problem', false, {
    alertmanager: undefined,
    auth: undefined,
    kubernetes: { problems: ['CrashLoop'], events: {} },
  }),
  source('Events of other namespaces', false, {
    alertmanager: undefined,
    auth: undefined,
    kubernetes: { events: { namespaces: ['bank'] } },
  }),
  source('Events of no reason', false, { alertmanager: undefined, auth: undefined, kubernetes: { events: { reasons: [] } } }),
  source('Events that never happened', false, { alertmanager: undefined, auth: undefined, kubernetes: { events: { minCount: 0 } } }),
  source('Events of type Normal', false, { alertmanager: undefined, auth: undefined, kubernetes: { events: { type: 'Normal' } } }),
  source('a watch with auth', false, { alertmanager: undefined, kubernetes: {} }),
  source('a watch for a problem that there is not', false, {
    alertmanager: undefined,
    auth: undefined,
    kubernetes: { problems: ['Sadness'] },
  }),
  source('a watch for nothing', false, { alertmanager: undefined, auth: undefined, kubernetes: { problems: [] } }),
  source('nodes of a namespace', false, { alertmanager: undefined, auth: undefined, kubernetes: { problems: ['NodeNotReady'] } }),
  source('no workflow', false, { workflowRef: undefined }),
  source('a workflow of another namespace', false, { workflowRef: { name: 'w', namespace: 'x' } }),
  source('a name with capitals', false, { workflowRef: { name: 'W' } }),
  source('an empty filter', false, { filter: '' }),
  source('a filter that is null', true, { filter: null }),
  source('a filter that is too long', false, { filter: 'a'.repeat(4097) }),
  source('a duration without a unit', false, { grouping: { window: '5' } }),
  source('a duration with a space', false, { grouping: { window: '5 m' } }),
  source('a duration as a number', false, { grouping: { window: 5 } }),
  source('grouping by nothing', false, { grouping: { by: [] } }),
  source('grouping by 17 labels', false, { grouping: { by: Array.from({ length: 17 }, (_, i) => `l${i}`) } }),
  source('suspend as a text', false, { suspend: 'yes' }),
  source('64 params', true, { params: entries(64) }),
  source('65 params', false, { params: entries(65) }),
  source('a param with a long name', false, { params: { ['k'.repeat(64)]: 'v' } }),
  source('a param that is a number', false, { params: { a: 1 } }),
  source('a Secret without a key', false, { auth: { bearer: { secretKeyRef: { name: 's' } } } }),
  workflow('the least there can be', true, WORKFLOW),
  workflow('everything', true, {
    serviceAccountName: 'inquest-agent',
    timeout: '10m',
    steps: [
      {
        name: 'look',
        when: 'true',
        timeout: '1m',
        retry: { limit: 3, backoff: { duration: '1s', factor: 2, maxDuration: '1m' } },
        onError: 'Continue',
        diagnose: {},
      },
      { name: 'tell', notify: { sinkRef: { name: 's' }, message: 'hello' } },
    ],
    outputs: [{ name: 'cause', expression: 'result.rootCause.summary' }],
    sinks: [{ sinkRef: { name: 's' }, when: 'true' }],
    ttlAfterFinished: '12h',
    successfulHistoryLimit: 10,
    failedHistoryLimit: 0,
  }),
  workflow('a time to live in seconds alone', false, { ...WORKFLOW, ttlAfterFinished: 3600 }),
  workflow('a history of less than nothing', false, { ...WORKFLOW, failedHistoryLimit: -1 }),
  workflow('no steps', false, {}),
  workflow('an empty list of steps', false, { steps: [] }),
  workflow('33 steps', false, { steps: Array.from({ length: 33 }, (_, i) => ({ name: `s${i}`, diagnose: {} })) }),
  workflow('a step that does nothing', false, { steps: [{ name: 'look' }] }),
  workflow('a step that does two things', false, step({ notify: { sinkRef: { name: 's' } } })),
  workflow('a step kept for later', false, { steps: [{ name: 'ask', approval: {} }] }),
  workflow('a step without a name', false, { steps: [{ diagnose: {} }] }),
  workflow('a step with a name of capitals', false, step({ name: 'Look' })),
  workflow('two steps of a name', false, {
    steps: [
      { name: 'look', diagnose: {} },
      { name: 'look', diagnose: {} },
    ],
  }),
  workflow('two outputs of a name', false, {
    ...WORKFLOW,
    outputs: [
      { name: 'a', expression: '1' },
      { name: 'a', expression: '2' },
    ],
  }),
  workflow('an unknown way to go on', false, step({ onError: 'Ignore' })),
  workflow('11 tries', false, step({ retry: { limit: 11 } })),
  workflow('no try', false, step({ retry: { limit: 0 } })),
  workflow('half a try', false, step({ retry: { limit: 1.5 } })),
  workflow('an unknown field', false, step({ retires: {} })),
  workflow('an unknown field in an empty object', false, { steps: [{ name: 'look', diagnose: { deep: true } }] }),
  workflow('an agent step with nothing said', true, { steps: [{ name: 'ask', agent: {} }] }),
  workflow('an agent step with everything', true, {
    model: { ...CLAUDE, fallbacks: [GPT, LOCAL] },
    budget: { maxTokens: 200_000, maxCostUSD: '0.5' },
    steps: [
      { name: 'look', diagnose: {} },
      {
        name: 'ask',
        when: 'steps.look.status == "Succeeded"',
        timeout: '5m',
        onError: 'Continue',
        agent: { goal: 'Why?', model: GPT, tools: ['kubectl', 'promql'], runbook: 'pod-crash-looping', maxIterations: 10 },
      },
    ],
  }),
  workflow('an agent step without tools', true, { steps: [{ name: 'ask', agent: { tools: [] } }] }),
  workflow('an agent step with a retry', false, { steps: [{ name: 'ask', agent: {}, retry: { limit: 1 } }] }),
  workflow('an agent step with an unknown tool', false, { steps: [{ name: 'ask', agent: { tools: ['bash'] } }] }),
  workflow('an agent step with a tool twice', false, { steps: [{ name: 'ask', agent: { tools: ['kubectl', 'kubectl'] } }] }),
  workflow('an agent step without a turn', false, { steps: [{ name: 'ask', agent: { maxIterations: 0 } }] }),
  workflow('an agent step with an empty goal', false, { steps: [{ name: 'ask', agent: { goal: '' } }] }),
  workflow('a step that looks and asks', false, step({ agent: {} })),
  workflow('a kubectl step with everything', true, {
    steps: [
      {
        name: 'pods',
        when: 'alert != null',
        timeout: '20s',
        retry: { limit: 2 },
        onError: 'Continue',
        kubectl: { args: ['get', 'pods', '-n', '{{ alert.labels.namespace }}', '-o', 'wide'] },
      },
    ],
  }),
  workflow('a kubectl step that says nothing', false, { steps: [{ name: 'pods', kubectl: {} }] }),
  workflow('a kubectl step without a word', false, { steps: [{ name: 'pods', kubectl: { args: [] } }] }),
  workflow('a kubectl step with an empty word', false, { steps: [{ name: 'pods', kubectl: { args: ['get', ''] } }] }),
  workflow('a kubectl step as a line for a shell', false, { steps: [{ name: 'pods', kubectl: { command: 'get pods | grep web' } }] }),
  workflow('a kubectl step with a number', false, { steps: [{ name: 'pods', kubectl: { args: ['logs', 'web', '--tail', 20] } }] }),
  workflow('a kubectl step with 65 words', false, { steps: [{ name: 'pods', kubectl: { args: Array.from({ length: 65 }, () => 'a') } }] }),
  run('the least there can be', true, {}),
  run('everything', true, {
    command: ['dig', '+short'],
    args: ['{{ alert.labels.host }}', '--', 'a b'],
    env: [
      { name: 'HOST', value: '{{ alert.labels.host }}' },
      { name: '_TOKEN', secretKeyRef: REF },
    ],
    successExitCodes: [0, 1],
    resources: { requests: { cpu: '0.1', memory: '64Mi' }, limits: { cpu: '1', memory: '1Gi' } },
    runAsUser: 1000,
    serviceAccountName: 'checker',
    imagePullSecrets: [{ name: 'registry' }],
  }),
  run("a program of the server's", true, { image: undefined, command: ['/usr/bin/dig'], args: ['x'], env: [{ name: 'A', value: 'b' }] }),
  run('neither an image nor a program', false, { image: undefined, args: ['x'] }),
  run("an account for a program of the server's", false, { image: undefined, command: ['/usr/bin/dig'], serviceAccountName: 'x' }),
  run("limits for a program of the server's", false, { image: undefined, command: ['/usr/bin/dig'], resources: {} }),
  run('a line for a shell', false, { command: 'dig +short | head' }),
  run('no program in a command', false, { command: [] }),
  run('an empty word', false, { args: [''] }),
  run('65 words', false, { args: Array.from({ length: 65 }, () => 'a') }),
  run('a variable without a value', false, { env: [{ name: 'A' }] }),
  run('a variable with two values', false, { env: [{ name: 'A', value: 'b', secretKeyRef: REF }] }),
  run('a variable twice', false, {
    env: [
      { name: 'A', value: 'b' },
      { name: 'A', value: 'c' },
    ],
  }),
  run('a variable that none can be', false, { env: [{ name: 'A-B', value: 'c' }] }),
  run('an exit code that there is not', false, { successExitCodes: [256] }),
  run('an exit code twice', false, { successExitCodes: [1, 1] }),
  run('no exit code', false, { successExitCodes: [] }),
  run('root', false, { runAsUser: 0 }),
  run('an amount that is none', false, { resources: { limits: { memory: 'much' } } }),
  run('a negative amount', false, { resources: { limits: { cpu: '-1' } } }),
  run('a privilege', false, { securityContext: { privileged: true } }),
  workflow('a step that looks and runs', false, step({ run: { image: 'i' } })),
  workflow('a step that looks twice', false, step({ kubectl: { args: ['get', 'pods'] } })),
  model('a name', true, CLAUDE),
  model('everything', true, {
    ...GPT,
    baseURL: 'https://gateway.example/v1',
    maxOutputTokens: 4_096,
    temperature: '0.2',
    timeout: '90s',
    contextTokens: 200_000,
    price: { input: '2.5', output: '15', cacheRead: '0.25', cacheWrite: '3' },
  }),
  model('a local server', true, LOCAL),
  model('a script', true, SCRIPT),
  model('an unknown provider', false, { provider: 'x', name: 'y' }),
  model('no provider', false, { name: 'y' }),
  model('no name', false, { provider: 'anthropic', apiKeySecretRef: REF }),
  model('an empty name', false, { ...CLAUDE, name: '' }),
  model('a key in the manifest', false, { ...CLAUDE, apiKey: 'sk-1' }),
  model("the server's key for a stranger's address", false, { ...CLAUDE, apiKeySecretRef: undefined, baseURL: 'https://evil.example' }),
  model("the server's own key", true, { ...CLAUDE, apiKeySecretRef: undefined }),
  model('a local server nowhere', false, { provider: 'openai-compatible', name: 'llama3.3' }),
  model('a script without a file', false, { provider: 'scripted' }),
  model('a script with a name', false, { ...SCRIPT, name: 'x' }),
  model('a script with a key', false, { ...SCRIPT, apiKeySecretRef: REF }),
  model('a file of a real model', false, { ...CLAUDE, file: 'talk.conversation.yaml' }),
  model('a temperature as a number', false, { ...CLAUDE, temperature: 0.2 }),
  model('a temperature that is too high', false, { ...CLAUDE, temperature: '2.1' }),
  model('a window that is too small', false, { ...CLAUDE, contextTokens: 1_024 }),
  model('an answer that is too long', false, { ...CLAUDE, maxOutputTokens: 64_000 }),
  model('a price without the output', false, { ...CLAUDE, price: { input: '1' } }),
  model('a price with a sign', false, { ...CLAUDE, price: { input: '-1', output: '1' } }),
  model('5 fallbacks', false, { ...CLAUDE, fallbacks: Array.from({ length: 5 }, () => GPT) }),
  model('a fallback of a fallback', false, { ...CLAUDE, fallbacks: [{ ...GPT, fallbacks: [LOCAL] }] }),
  model('a fallback without a name', false, { ...CLAUDE, fallbacks: [{ provider: 'openai', apiKeySecretRef: REF }] }),
  workflow('a budget of nothing', true, { ...WORKFLOW, budget: {} }),
  workflow('a budget in cents', false, { ...WORKFLOW, budget: { maxCostUSD: '50c' } }),
  workflow('a budget as a number', false, { ...WORKFLOW, budget: { maxCostUSD: 0.5 } }),
  workflow('a budget of too few tokens', false, { ...WORKFLOW, budget: { maxTokens: 100 } }),
  sink('stdout', true, { stdout: {} }),
  sink('stdout as JSON', true, { stdout: { format: 'json' }, when: 'result.healthy', template: '{{ result }}' }),
  sink('stdout in colour', false, { stdout: { format: 'colour' } }),
  sink('webhook', true, { webhook: HOOK }),
  sink('webhook with everything', true, {
    webhook: {
      urlSecretKeyRef: REF,
      headers: [
        { name: 'X-A', value: '1' },
        { name: 'X-B', valueFrom: { secretKeyRef: REF } },
      ],
      hmac: { secretKeyRef: REF },
      timeout: '3s',
    },
  }),
  sink('nothing', false, {}),
  sink('an empty stdout', false, { stdout: null }),
  sink('two', false, { stdout: {}, webhook: HOOK }),
  sink('one kept for later', false, { pagerduty: {} }),
  sink('slack', true, { slack: SLACK }),
  sink('slack at another address', true, { slack: { ...SLACK, apiUrl: 'https://slack-gov.com/api/' }, template: '{{ state }}' }),
  sink('slack without a token', false, { slack: { channel: 'C0123456789' } }),
  sink('slack with a token in the manifest', false, { slack: { ...SLACK, token: 'xoxb-1' } }),
  sink('slack without a channel', false, { slack: { tokenSecretKeyRef: REF } }),
  sink('a Slack channel by name', false, { slack: { ...SLACK, channel: '#alerts' } }),
  sink('a Slack user instead of a channel', false, { slack: { ...SLACK, channel: 'U0123456789' } }),
  sink('a silence', true, { alertmanager: { ...ALERTMANAGER, silence: {} } }),
  sink('a silence with everything', true, {
    alertmanager: { ...ALERTMANAGER, auth: { basic: { username: 'u', passwordSecretKeyRef: REF } }, silence: { duration: '2h' } },
    when: 'result.rootCause != null',
  }),
  sink('an alert with everything', true, {
    alertmanager: {
      ...ALERTMANAGER,
      auth: { bearer: { secretKeyRef: REF } },
      alert: { duration: '1h30m', labels: { severity: 'info' } },
    },
  }),
  sink('an Alertmanager with nothing to do', false, { alertmanager: ALERTMANAGER }),
  sink('an Alertmanager with two things to do', false, { alertmanager: { ...ALERTMANAGER, silence: {}, alert: {} } }),
  sink('an Alertmanager nowhere', false, { alertmanager: { silence: {} } }),
  sink('an Alertmanager with no kind of auth', false, { alertmanager: { ...ALERTMANAGER, auth: {}, silence: {} } }),
  sink('a silence without an end', false, { alertmanager: { ...ALERTMANAGER, silence: { duration: 'forever' } } }),
  sink('an alert with 17 labels', false, { alertmanager: { ...ALERTMANAGER, alert: { labels: entries(17) } } }),
  sink('a webhook to nowhere', false, { webhook: {} }),
  sink('a webhook to two addresses', false, { webhook: { ...HOOK, urlSecretKeyRef: REF } }),
  sink('a webhook over ftp', false, { webhook: { url: 'ftp://x' } }),
  sink('a URL with a line break', false, { webhook: { url: 'https://x/\ny' } }),
  sink('a header without a value', false, header({})),
  sink('a header with two values', false, header({ value: 'a', valueFrom: { secretKeyRef: REF } })),
  sink('a header with an empty value', true, header({ value: '' })),
  sink('a header with a space in its name', false, header({ name: 'X A', value: '' })),
  investigation('the least there can be', true, {}),
  investigation('everything', true, {
    target: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    alert: { labels: { alertname: 'X' }, annotations: { summary: 'y' }, startsAt: '2026-08-01T00:00:00Z' },
    params: { a: 'b' },
  }),
  investigation('a target without a name', false, { target: { kind: 'Pod' } }),
  investigation('an alert without labels', false, { alert: {} }),
]

/** The case as an object of the API. */
export const manifestOf = ({ kind, spec }: Case, name = 'case'): object => ({
  apiVersion: 'inquest.dev/v1alpha1',
  kind,
  metadata: { name },
  spec: JSON.parse(JSON.stringify(spec)) as unknown,
})
