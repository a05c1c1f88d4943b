import { describe, expect, it } from 'vitest'
import { ago, cause, configMap, crashing, deployment, job, podSpec, running, service } from '../../fixtures.ts'
import { namedSettings, settingsCalled, wordsOf } from '../../snapshot/named-settings.ts'
import type { Setting } from '../../snapshot/settings.ts'

const APP = 'Deployment shop/web: spec.template.spec.containers[name=app]'
const SERVER = 'Deployment shop/db: spec.template.spec.containers[name=app]'
const again = (line: string): any => ({ ...running, log: Array.from({ length: 9 }, () => line).join('\n') })
const db = (app: object, more: object = {}) => [
  deployment('db', podSpec(app), [running], more),
  service('db', { app: 'db' }, [{ port: 6379 }]),
]
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })

describe('a limit that a program runs into while its pods are well', () => {
  const cases: [string, { line: string; app?: object; pod?: object; more?: any[]; expected: string }][] = [
    [
      'memory of a server, by the flag that the words quote',
      {
        line: "ERROR RedisClient::OutOfMemoryError (OOM command not allowed when used memory > 'maxmemory'. (redis://db:6379/0))",
        app: env(['REDIS_URL', 'redis://db:6379/0']),
        more: db({ args: ['redis-server', '--maxmemory', '64mb', '--maxmemory-policy', 'noeviction'] }),
        expected: `${SERVER}.args[2]`,
      },
    ],
    [
      'the hosts that it answers to',
      {
        line: "ERROR django.security.DisallowedHost Invalid HTTP_HOST header: 'b.example'. You may need to add 'b.example' to ALLOWED_HOSTS.",
        app: env(['DJANGO_ALLOWED_HOSTS', 'a.example'], ['DJANGO_DEBUG', '0']),
        expected: `${APP}.env[name=DJANGO_ALLOWED_HOSTS].value`,
      },
    ],
    [
      'a timeout of statements in a file of the server',
      {
        line: 'ERROR: canceling statement due to statement timeout (postgres://db:5432/shop)',
        app: env(['DATABASE_URL', 'postgres://db:5432/shop']),
        more: [
          ...db({ volumeMounts: [{ name: 'c', mountPath: '/etc/postgres' }] }, {})
            .flat()
            .map((o: any) => withVolume(o)),
          configMap('pg', { 'postgresql.conf': 'max_connections = 100\nstatement_timeout = 200ms\n' }),
        ],
        expected: 'ConfigMap shop/pg: data[postgresql.conf]',
      },
    ],
    [
      'a pool of its own',
      {
        line: 'ERROR HikariPool-1 - Connection is not available, request timed out after 30000ms (total=2, active=2, idle=0, waiting=40)',
        app: env(['SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE', '2']),
        expected: `${APP}.env[name=SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE].value`,
      },
    ],
    [
      'words that nobody knows, which name a setting',
      {
        line: '2026-05-01 ERROR price service: price feed vendor rejected the request',
        app: env(['PRICE_FEED_VENDOR', 'acme'], ['LOG_LEVEL', 'info']),
        expected: `${APP}.env[name=PRICE_FEED_VENDOR].value`,
      },
    ],
    [
      'words that nobody knows, and no change: told, with little confidence',
      { line: '2026-05-01 ERROR something is odd', app: env(['LOG_LEVEL', 'info']), expected: 'Deployment shop/web: -' },
    ],
  ]
  it.each(cases)('%s', async (_, { line, app = {}, pod = {}, more = [], expected }) => {
    const objects = [deployment('web', podSpec(app, pod), [again(line)]), ...more]
    expect(await cause(objects, 'Deployment shop/web', { startsAt: ago('10m') })).toBe(expected)
  })

  it('errors between good answers are no trouble', async () => {
    const log = Array.from({ length: 40 }, (_, i) => (i % 15 === 0 ? 'ERROR price feed vendor' : 'INFO 200 OK')).join('\n')
    const objects = [deployment('web', podSpec(env(['PRICE_FEED_VENDOR', 'acme'])), [{ ...running, log }])]
    expect(await cause(objects, 'Deployment shop/web', { startsAt: ago('10m') })).toBe('healthy')
  })
})

describe('an account that may not', () => {
  const words = 'PG::InsufficientPrivilege: ERROR:  must be owner of table users'
  const migrate = job(
    'migrate-7',
    podSpec({ image: 'registry.example/forum:7', ...env(['DATABASE_USERNAME', 'web'], ['RAILS_ENV', 'production']) }),
    [{ phase: 'Failed', state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago('20m') } }, log: words }],
    {
      status: {
        failed: 4,
        conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago('19m') }],
      },
    },
  )

  it('is the variable that names it', async () => {
    expect(await cause([migrate], 'Job shop/migrate-7')).toBe(
      'Job shop/migrate-7: spec.template.spec.containers[name=app].env[name=DATABASE_USERNAME].value',
    )
  })
  it('explains who waits for the migration', async () => {
    const web = deployment('web', podSpec({ image: 'registry.example/forum:7' }), [
      crashing(1, 'You have 1 pending migration:\n  2026 AddBadges'),
    ])
    expect(await cause([migrate, web], 'Deployment shop/web')).toBe(
      'Job shop/migrate-7: spec.template.spec.containers[name=app].env[name=DATABASE_USERNAME].value',
    )
  })
})

describe('names of settings', () => {
  const setting = (name: string, value: string, origin: Setting['origin'] = 'variable', field = name): Setting => ({
    object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'c' },
    field,
    name,
    value,
    origin,
  })
  it.each([
    ['MAX_POOL_SIZE', 'max pool size'],
    ['maximumPoolSize', 'maximum pool size'],
    ['nginx.ingress/proxy-body-size', 'nginx ingress proxy body size'],
    ['HTTPServer', 'http server'],
  ])('%s in words: %s', (text, words) => expect(wordsOf(text)).toBe(words))
  it('of a file, one a line', () =>
    expect(
      namedSettings([setting('a.conf', 'max_connections = 5 # few\n  "poolSize": 4,\n<idle>3</idle>', 'file')]).map((n) => n.words),
    ).toEqual(['max connections', 'pool size', 'idle']))
  it('are called by the text that holds all their words in a row', () => {
    const settings = [setting('APP_QUEUE_DEPTH', '5'), setting('QUEUE_NAME', 'x'), setting('DEPTH', '1')]
    expect(settingsCalled(settings, 'the queue depth is exceeded').map((n) => n.setting.name)).toEqual(['APP_QUEUE_DEPTH'])
    expect(settingsCalled(settings, 'queue of depth')).toEqual([])
  })
})

function withVolume(o: any): any {
  if (o.kind !== 'Deployment') return o
  o.spec.template.spec.volumes = [{ name: 'c', configMap: { name: 'pg' } }]
  return o
}
