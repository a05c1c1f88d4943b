import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend'
import { lintSource } from '@secretlint/core'
import { describe, expect, test } from 'vitest'
import { redact, redactDeep } from './redact.ts'

// Values are made up and cut in two where a scanner of this repository would take them for real ones.
const A = 'a1B2c3D4e5F6g7H8i9J0'
const JWT = `eyJhbGciOiJSUzI1NiIs${'ImtpZCI6'}.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50.${A}${A}`
const PEM = `-----BEGIN RSA ${'PRIVATE KEY'}-----\nMIIEpAIBAAKCAQEA7bq\n${A}${A}\n-----END RSA PRIVATE KEY-----`

const SECRETS: [text: string, redacted: string][] = [
  // In the shape of the thing itself.
  [`got token ${JWT}, trying`, 'got token [REDACTED:jwt], trying'],
  [`"msg":"a\\n${JWT}"`, '"msg":"a\\n[REDACTED:jwt]"'],
  [`?id_token%3D${JWT}`, '?id_token%3D[REDACTED:jwt]'],
  [`key:\n${PEM}\ndone`, 'key:\n[REDACTED:private-key]\ndone'],
  [`-----BEGIN ${'PRIVATE KEY'}-----\n${A}${A}\nserver started`, '[REDACTED:private-key]server started'],
  [`cloning with ghp_${A}${'a'.repeat(16)} now`, 'cloning with [REDACTED:github-token] now'],
  [`\x1b[31mghp_${A}${'a'.repeat(16)}\x1b[0m`, '\x1b[31m[REDACTED:github-token]\x1b[0m'],
  [`glpat-${A}`, '[REDACTED:gitlab-token]'],
  [`using xoxb-1234567890-${A}`, 'using [REDACTED:slack-token]'],
  [`POST https://hooks.slack.com/${'services'}/T0001/B0001/${A}`, 'POST https://hooks.slack.com/[REDACTED:slack-webhook]'],
  [`stripe: sk_${'live'}_${A}${A}`, 'stripe: [REDACTED:stripe-key]'],
  [`Incorrect API key provided: sk-proj-${A}${A}`, 'Incorrect API key provided: [REDACTED:openai-key]'],
  [`sk-ant-api03-${A}${A}`, '[REDACTED:anthropic-key]'],
  [`key AIza${A}${A.slice(0, 15)}`, 'key [REDACTED:google-key]'],
  [`hvs.${A}${A}`, '[REDACTED:vault-token]'],
  [`line bob:$2y$10$${A}${A}${A.slice(0, 13)}`, 'line bob:[REDACTED:password-hash]'],
  [`user AKIA${'Z7'.repeat(8)} is throttled`, 'user [REDACTED:aws-key-id] is throttled'],
  [`ok\ncreds AKIA${'Z7'.repeat(8)} ${A}/${A.slice(1)} eu-west-1\nnext`, 'ok\n[REDACTED:aws-key]\nnext'],
  ['LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=', '[REDACTED:private-key]'],
  [`GET /b?X-Amz-Signature=${'0a'.repeat(32)}&x=1`, 'GET /b?X-Amz-Signature=[REDACTED:url-signature]&x=1'],
  // In a URL: user and host stay.
  [
    'dial postgres://shop:hunter2@db:5432/shop?sslmode=disable',
    'dial postgres://shop:[REDACTED:url-password]@db:5432/shop?sslmode=disable',
  ],
  ['redis://:hunter2@cache:6379', 'redis://:[REDACTED:url-password]@cache:6379'],
  ['amqp://u:p@ss@mq', 'amqp://u:[REDACTED:url-password]@mq'],
  ['dsn: root:hunter2@tcp(mysql:3306)/shop', 'dsn: root:[REDACTED:url-password]@tcp(mysql:3306)/shop'],
  // In a header.
  [`Authorization: Bearer ${A}`, 'Authorization: Bearer [REDACTED:authorization]'],
  ['{"Authorization":["Basic Ym9iOmh1bnRlcjI="]}', '{"Authorization":["Basic [REDACTED:authorization]"]}'],
  ['> authorization: hunter2', '> authorization: [REDACTED:authorization]'],
  [`curl -H 'X-Api-Key: ${A}'`, "curl -H 'X-Api-Key: [REDACTED:key]'"],
  ['curl -u bob:hunter2 http://x', 'curl -u bob:[REDACTED:password] http://x'],
  ['Set-Cookie: session=abcdef; Path=/', 'Set-Cookie: [REDACTED:cookie]'],
  // By its name.
  ['userPassword: {SSHA}abcdef', 'userPassword: [REDACTED:password]'],
  ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[REDACTED:password]'],
  ['DB_PASSWORD:  correct horse', 'DB_PASSWORD:  [REDACTED:password]'],
  ['export API_KEY="abc def"', 'export API_KEY="[REDACTED:key]"'],
  ['STRIPE_TOKEN=abc SLACK_SECRET=def ./run', 'STRIPE_TOKEN=[REDACTED:token] SLACK_SECRET=[REDACTED:secret] ./run'],
  ['{"user":"bob","password":"hun\\"ter2","n":1}', '{"user":"bob","password":"[REDACTED:password]","n":1}'],
  ['{"m":"{\\"apiKey\\":\\"abc\\",\\"a\\":1}"}', '{"m":"{\\"apiKey\\":\\"[REDACTED:key]\\",\\"a\\":1}"}'],
  ['{User:bob Password:hunter Host:db}', '{User:bob Password:[REDACTED:password] Host:db}'],
  ['host=db password=hunter2 user=shop', 'host=db password=[REDACTED:password] user=shop'],
  ['Server=db;Password=p4;Database=x', 'Server=db;Password=[REDACTED:password];Database=x'],
  ['DefaultEndpointsProtocol=https;AccountKey=abc==;x', 'DefaultEndpointsProtocol=https;AccountKey=[REDACTED:key];x'],
  ['spring.datasource.password: hunter', 'spring.datasource.password: [REDACTED:password]'],
  ['login bob, password: hunter2', 'login bob, password: [REDACTED:password]'],
  ['mysqld --root-password hunter2 --port 3306', 'mysqld --root-password [REDACTED:flag] --port 3306'],
  ['["--token", "abc"]', '["--token", "[REDACTED:flag]"]'],
  ['args:\n- --password\n- hunter\n- x', 'args:\n- --password\n- [REDACTED:flag]\n- x'],
  ['client-key-data: LS0tZm9v', 'client-key-data: [REDACTED:key]'],
  [`aws_secret_access_key = ${A}/${A.slice(1)}`, 'aws_secret_access_key = [REDACTED:key]'],
  ['passphrase = correct horse battery', 'passphrase = [REDACTED:password]'],
  ['PASSWORD=$ecret123', 'PASSWORD=[REDACTED:password]'],
  ['"X-Auth-Token":["abc"]', '"X-Auth-Token":["[REDACTED:token]"]'],
  ['<db><password>hunter2</password></db>', '<db><password>[REDACTED:value]</password></db>'],
  ['mysql -u root -phunter2 shop', 'mysql -u root -p[REDACTED:password] shop'],
  ['smtp://bob@example.com:hunter2@mail:587', 'smtp://bob@example.com:[REDACTED:url-password]@mail:587'],
  ['Using bootstrap token abcdef.0123456789abcdef', 'Using bootstrap token [REDACTED:bootstrap-token]'],
  // In Kubernetes' own forms.
  [
    '- name: DB_PASSWORD\n  value: correct horse\n- name: PORT\n  value: "80"',
    '- name: DB_PASSWORD\n  value: [REDACTED:env]\n- name: PORT\n  value: "80"',
  ],
  ['- name: DB_PASSWORD\n  value: "hunter2"', '- name: DB_PASSWORD\n  value: "[REDACTED:env]"'],
  [
    '  - name: TLS_PRIVATE_KEY\n    value: |\n      a\n      b\n  - name: PORT',
    '  - name: TLS_PRIVATE_KEY\n    value: [REDACTED:env]\n  - name: PORT',
  ],
  ['tls:\n  password: |-\n    a\n\n    b\n  port: 80', 'tls:\n  password: [REDACTED:password]\n  port: 80'],
  ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"[REDACTED:env]"}'],
  ['{\n  "name": "DB_PASSWORD",\n  "value": "hunter2"\n}', '{\n  "name": "DB_PASSWORD",\n  "value": "[REDACTED:env]"\n}'],
  ['{\\"name\\":\\"API_TOKEN\\",\\"value\\":\\"abc\\"}', '{\\"name\\":\\"API_TOKEN\\",\\"value\\":\\"[REDACTED:env]\\"}'],
  ['[{Name:DB_PASSWORD Value:hunter2 ValueFrom:nil}]', '[{Name:DB_PASSWORD Value:[REDACTED:env] ValueFrom:nil}]'],
  [
    'kind: Secret\ndata:\n  user: Ym9i\n  note: |\n    a\n    b\ntype: Opaque',
    'kind: Secret\ndata:\n  user: [REDACTED:secret-data]\n  note: |\n    [REDACTED:secret-data]\n    [REDACTED:secret-data]\ntype: Opaque',
  ],
  [
    '{"apiVersion":"v1","data":{"user":"Ym9i","x":""},"kind":"Secret"}',
    '{"apiVersion":"v1","data":{"user":"[REDACTED:secret-data]","x":""},"kind":"Secret"}',
  ],
  [
    '{\\"data\\":{\\"user\\":\\"Ym9i\\"},\\"kind\\":\\"Secret\\"}',
    '{\\"data\\":{\\"user\\":\\"[REDACTED:secret-data]\\"},\\"kind\\":\\"Secret\\"}',
  ],
  ['{"auths":{"ghcr.io":{"auth":"Ym9iOmh1bnRlcjI="}}}', '{"auths":{"ghcr.io":{"auth":"[REDACTED:registry-auth]"}}}'],
  ['.dockerconfigjson: eyJhdXRocyI6e319', '.dockerconfigjson: [REDACTED:dockerconfigjson]'],
]

const ORDINARY = [
  '2026-08-01T10:00:00Z INFO handled path=/api/v1/users status=200 dur=12ms pod=web-6d4cf56db6-abcde',
  'FATAL: password authentication failed for user "shop"',
  'Error: secret "db-creds" not found',
  'MountVolume.SetUp failed for volume "creds" : secret "db-creds" not found',
  "Error: couldn't find key PASSWORD in Secret shop/db-creds",
  'level=error msg="cannot sync" secret="shop/db-creds"',
  'invalid token: token is expired by 3m',
  'error: invalid bearer token, Token has expired',
  'SyntaxError: Unexpected token } in JSON at position 4',
  'parsing failed: unexpected token: expected ","',
  'WWW-Authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
  'bearer authentication required',
  'basic authentication is required by the server',
  'failed to authorize: failed to fetch anonymous token: 401 Unauthorized',
  '"serviceAccountToken": {',
  '{\\"secret\\":{\\"secretName\\":\\"db\\"}}',
  'tokens: [1, 2], token: [a',
  'secretName: db-creds',
  '    secretKeyRef:\n      key: password\n      name: db-creds',
  'imagePullSecret: regcred',
  "      DB_PASSWORD:  <set to the key 'password' in secret 'db-creds'>  Optional: false",
  'password:  8 bytes',
  'password: ${DB_PASSWORD}',
  'DB_PASSWORD=$(cat /run/x)',
  'password: ""',
  'PWD=/home/app',
  'automountServiceAccountToken: false',
  '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      key: password',
  '- name: LOG_LEVEL\n  value: debug',
  '- name: TOKEN_PATH\n  value: /var/run/token',
  '- name: DB_PASSWORD\n  value: $(OTHER)',
  'mysql -u root -p shop',
  'max_tokens=4096 total_tokens: 512',
  '--service-account-private-key-file=/etc/kubernetes/pki/sa.key',
  '--token string   Bearer token for authentication to the API server',
  'TOKEN=/var/run/secrets/kubernetes.io/serviceaccount/token',
  'Failed to pull image "ghcr.io/acme/shop@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"',
  'commit 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c by bob@example.com',
  'GET http://10.96.0.1:8080/users/bob@example.com 404',
  'docker run --user 1000:1000 -u 65532:65532 app',
  'at com.example.token.TokenService.secret(TokenService.java:42)',
  'compass: north, disk-pressure, task-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----',
  'kind: ConfigMap\ndata:\n  user: bob',
  'kind: SecretStore\ndata:\n  user: bob',
  'x509: certificate signed by unknown authority',
  'uid=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0 fingerprint=8796a5b4c3d2e1f0',
]

describe('redact', () => {
  test.each(SECRETS)('%j', (text, redacted) => {
    expect(redact(text)).toBe(redacted)
    expect(redact(redacted), 'twice is once').toBe(redacted)
    expect(redact(`first line\n${text}\nlast line`), 'within other lines').toBe(`first line\n${redacted}\nlast line`)
  })

  test.each(ORDINARY)('leaves %j', (text) => {
    expect(redact(text)).toBe(text)
    expect(redact(`first line\n${text}\nlast line`)).toBe(`first line\n${text}\nlast line`)
  })

  test('secretlint finds nothing where we have been', async () => {
    const config = { rules: [{ id: 'recommended', rule: recommended, options: {} }] }
    const lint = async (content: string) =>
      (
        await lintSource({ source: { filePath: '/x.log', content, contentType: 'text' }, options: { config, noPhysicFilePath: true } })
      ).messages.map((m) => `${m.ruleId} ${content.slice(...m.range)}`)
    const corpus = SECRETS.map(([text]) => text).join('\n')
    expect((await lint(corpus)).length, 'the oracle sees the secrets').toBeGreaterThan(5)
    expect((await lint(redact(corpus))).filter((found) => !found.includes('[REDACTED:'))).toEqual([])
  })

  test.each(
    [
      'eyJ',
      '-eyJ-',
      `-----BEGIN ${'PRIVATE KEY'}-----`,
      'password=',
      'pwd=',
      'pullSecret=',
      'name: A_TOKEN\n value: |\n  ',
      'name: x, value: ',
      'mysql ',
      '<a',
      '://a@b:',
      'password="',
      'password=\\"',
      'password: a b ',
      'a:',
      '://a:',
      'ghp_aaaaaaaaaaaaaaaa-',
      'SG.aaaaaaaa.',
      'kind: Secret\n"data":{"a":"',
      'authorization: ',
      'cookie: a=',
      '\\',
      ' ',
      '--',
      '--password',
      `AKIA${'Z7'.repeat(8)} `,
      '$6$a',
      'kind: Secret\ndata:\n  a: b\n',
      'a',
    ].map((piece) => [piece]),
  )('time grows with the length of %j, not its square', (piece) => {
    const take = (length: number) => {
      const text = piece.repeat(Math.ceil(length / piece.length))
      const start = process.cpuUsage().user
      redact(text)
      return process.cpuUsage().user - start
    }
    take(16_384)
    // A square would make this 256 times as long as the warm-up's; the bound leaves room for a busy machine.
    expect(take(262_144) / 1_000).toBeLessThan(1_500)
  })
})

describe('redactDeep', () => {
  test('reads structure', () => {
    expect(
      redactDeep({
        kind: 'Deployment',
        env: [
          { name: 'DB_PASSWORD', value: 'hunter' },
          { name: 'PORT', value: '8080' },
          { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'db', key: 'token' } } },
        ],
        args: ['--password', 'hunter', '--port', '80', '--token=abc'],
        config: { apiKey: 'abc', token: '', clientSecret: 'abc', replicas: 3, ready: true, none: null },
        log: 'password=abc',
        headers: { 'X-Auth-Token': ['abc', ''], Accept: ['json'] },
      }),
    ).toEqual({
      kind: 'Deployment',
      env: [
        { name: 'DB_PASSWORD', value: '[REDACTED:env]' },
        { name: 'PORT', value: '8080' },
        { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'db', key: 'token' } } },
      ],
      args: ['--password', '[REDACTED:flag]', '--port', '80', '--token=[REDACTED:token]'],
      config: { apiKey: '[REDACTED:value]', token: '', clientSecret: '[REDACTED:value]', replicas: 3, ready: true, none: null },
      log: 'password=[REDACTED:password]',
      headers: { 'X-Auth-Token': ['[REDACTED:value]', ''], Accept: ['json'] },
    })
  })

  test('masks all of a Secret but its name', () => {
    const secret = { kind: 'Secret', metadata: { name: 'db' }, data: { a: 'Ym9i' }, stringData: { b: 'x', empty: '' } }
    const redacted = {
      kind: 'Secret',
      metadata: { name: 'db' },
      data: { a: '[REDACTED:secret-data]' },
      stringData: { b: '[REDACTED:secret-data]', empty: '' },
    }
    expect(redactDeep({ items: [secret] })).toEqual({ items: [redacted] })
    expect(redactDeep(redacted)).toEqual(redacted)
  })

  test('tells which masked values are the same, if it is told how', () => {
    const env = (name: string, value: string) => ({ name, value })
    const pods = { old: env('DB_PASSWORD', 'hunter'), now: env('DB_PASSWORD', 'other'), args: ['--password', 'hunter'], apiKey: 'other' }
    const told = redactDeep(pods, (value) => (value === 'hunter' ? 'aa' : 'bb'))
    expect(told).toEqual({
      old: env('DB_PASSWORD', '[REDACTED:env-aa]'),
      now: env('DB_PASSWORD', '[REDACTED:env-bb]'),
      args: ['--password', '[REDACTED:flag-aa]'],
      apiKey: '[REDACTED:value-bb]',
    })
    // What is masked already is left as it is, by text and by structure.
    expect(redactDeep(told)).toEqual(told)
    expect(redact(JSON.stringify(told))).toBe(JSON.stringify(told))
  })

  test('is bounded in depth and does not take a key for a prototype', () => {
    const deep = JSON.parse('{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)) as unknown
    expect(JSON.stringify(redactDeep(deep))).toContain('[REDACTED:too-deep]')
    const odd = JSON.parse('{"__proto__":{"x":1}}') as object
    expect(JSON.stringify(redactDeep(odd))).toBe('{"__proto__":{"x":1}}')
  })
})
