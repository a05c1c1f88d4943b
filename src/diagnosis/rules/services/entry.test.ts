import { describe, expect, it } from 'vitest'
import { ago, cause, configMap, deployment, edited, object, podSpec, running, service } from '../../fixtures.ts'

const NGINX = 'nginx.ingress.kubernetes.io'
const ingress = (annotations: object, metadata: object = {}) =>
  object('networking.k8s.io/v1', 'Ingress', 'web', {
    metadata: { annotations, ...metadata },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'shop.example',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
        },
      ],
    },
  })
const nginxClass = object('networking.k8s.io/v1', 'IngressClass', 'nginx', {
  metadata: { namespace: undefined },
  spec: { controller: 'k8s.io/ingress-nginx' },
})
const controller = (...lines: string[]) =>
  deployment(
    'ingress-nginx-controller',
    podSpec({ image: 'registry.k8s.io/ingress-nginx/controller:v1.13.3', args: ['--configmap=shop/tuning'] }),
    [{ ...running, log: lines.join('\n') }],
  )
const app = [deployment('web', podSpec(), [running]), service('web', { app: 'web' }, [{ port: 80 }])]
const three = (line: string): string[] => [line, line, line]
const TOO_LARGE =
  '2026/05/01 11:59:00 [error] 31#31: *7 client intended to send too large body: 3871215 bytes, client: 10.0.0.1, server: shop.example, host: "shop.example"'
const FORBIDDEN =
  '2026/05/01 11:59:00 [error] 31#31: *7 access forbidden by rule, client: 10.0.0.1, server: shop.example, request: "GET / HTTP/2.0", host: "shop.example"'
const answered = (status: number): string =>
  `10.0.0.1 - - [01/May/2026:11:59:00 +0000] "GET /a HTTP/2.0" ${status} 176 "-" "-" 711 0.000 [shop-web-80] [] 10.244.0.3:8080 0 0.001 ${status} 5f`

const RISKY =
  'E0501 11:40:00.717213       7 store.go:942] annotation group ConfigurationSnippet contains risky annotation based on ingress configuration'
const NOBODYS =
  '10.0.0.1 - - [01/May/2026:11:59:00 +0000] "GET / HTTP/2.0" 404 146 "-" "-" 388 0.000 [upstream-default-backend] [] 127.0.0.1:8181 146 0.000 404 3f'

describe('requests that are refused before they come to a pod', () => {
  const cases: [string, any[], string][] = [
    [
      'the annotation that the words are about',
      [ingress({ [`${NGINX}/proxy-body-size`]: '512k', [`${NGINX}/proxy-read-timeout`]: '60' }), controller(...three(TOO_LARGE))],
      `Ingress shop/web: metadata.annotations[${NGINX}/proxy-body-size]`,
    ],
    [
      'a default that is too small',
      [ingress({}), controller(...three(TOO_LARGE))],
      `Ingress shop/web: metadata.annotations[${NGINX}/proxy-body-size]`,
    ],
    [
      'the controller’s own configuration',
      [ingress({}), configMap('tuning', { 'proxy-body-size': '1m' }), controller(...three(TOO_LARGE))],
      'ConfigMap shop/tuning: data.proxy-body-size',
    ],
    [
      'a list of addresses',
      [ingress({ [`${NGINX}/whitelist-source-range`]: '10.1.0.0/16' }), controller(...three(FORBIDDEN))],
      `Ingress shop/web: metadata.annotations[${NGINX}/whitelist-source-range]`,
    ],
    [
      'an edit, and a status of most answers',
      [
        ingress(
          { [`${NGINX}/rewrite-target`]: '/$2' },
          edited({ 'f:metadata': { 'f:annotations': { [`f:${NGINX}/rewrite-target`]: {} } } }),
        ),
        controller(...three(answered(404)), answered(200)),
      ],
      `Ingress shop/web: metadata.annotations[${NGINX}/rewrite-target]`,
    ],
    [
      'an annotation that the controller refused when it read it, without saying whose',
      [ingress({ [`${NGINX}/configuration-snippet`]: 'more_set_headers "A: b";' }), controller(RISKY, ...three(NOBODYS))],
      `Ingress shop/web: metadata.annotations[${NGINX}/configuration-snippet]`,
    ],
    [
      'an annotation that was refused once, and requests that are answered since',
      [
        ingress({ [`${NGINX}/configuration-snippet`]: 'more_set_headers "A: b";' }),
        controller(RISKY, ...three(NOBODYS), ...three(answered(200))),
      ],
      'healthy',
    ],
    [
      'an annotation that another Ingress has',
      [ingress({ [`${NGINX}/enable-cors`]: 'true' }), controller(RISKY, ...three(NOBODYS))],
      'healthy',
    ],
    [
      'a status of most answers, and no edit',
      [ingress({ [`${NGINX}/rewrite-target`]: '/$2' }), controller(...three(answered(404)))],
      'healthy',
    ],
    [
      'one refusal among many',
      [ingress({ [`${NGINX}/proxy-body-size`]: '8m' }), controller(TOO_LARGE, answered(200), answered(200))],
      'healthy',
    ],
    [
      'what is said of another host',
      [ingress({ [`${NGINX}/proxy-body-size`]: '8m' }), controller(...three(TOO_LARGE.replaceAll('shop.example', 'a.test')))],
      'healthy',
    ],
  ]
  it.each(cases)('%s', async (_, objects, expected) => {
    expect(await cause([nginxClass, ...app, ...objects], 'Ingress shop/web', { startsAt: ago('10m') })).toBe(expected)
    expect(await cause([nginxClass, ...app, ...objects], 'Deployment shop/web', { startsAt: ago('10m') })).toBe(expected)
  })
})
