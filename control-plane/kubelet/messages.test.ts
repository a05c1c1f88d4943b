import { expect, it } from 'vitest'
import * as say from './messages.ts'

// Golden texts, copied by hand from what the sources of Kubernetes 1.36 format.
const pod = { metadata: { name: 'web-7c9', namespace: 'shop', uid: '0a1b' } }

it('words what the kubelet words', () => {
  expect(say.backOffRestarting('web', pod)).toBe('Back-off restarting failed container web in pod web-7c9_shop(0a1b)')
  expect(say.crashLoopWaiting(80_000, 'web', pod)).toBe('back-off 1m20s restarting failed container=web pod=web-7c9_shop(0a1b)')
  expect(say.alreadyPresent('nginx')).toBe('Container image "nginx" already present on machine and can be accessed by the pod')
  expect(say.pulled('nginx', 1234, 5)).toBe('Successfully pulled image "nginx" in 1.234s (1.234s including waiting). Image size: 5 bytes.')
  expect(say.pulled('nginx', 812, 5)).toBe('Successfully pulled image "nginx" in 812ms (812ms including waiting). Image size: 5 bytes.')
  expect(say.mountFailed('config', say.missingConfigMap('web'))).toBe(
    'MountVolume.SetUp failed for volume "config" : configmap "web" not found',
  )
  expect(say.missingSecretKey('token', 'shop', 'web')).toBe("couldn't find key token in Secret shop/web")
  expect(say.unreadyContainers(['web', 'proxy'])).toBe('containers with unready status: [web proxy]')
})

it('writes image names out as containerd does', () => {
  expect(['nginx', 'bitnami/redis:7', 'quay.io/a/b', 'localhost:5000/a@sha256:1'].map(say.qualified)).toEqual([
    'docker.io/library/nginx:latest',
    'docker.io/bitnami/redis:7',
    'quay.io/a/b:latest',
    'localhost:5000/a@sha256:1',
  ])
  expect(say.registry.notFound('shop/web:2')).toBe(
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/shop/web:2": failed to resolve reference "docker.io/shop/web:2": docker.io/shop/web:2: not found',
  )
  expect(say.registry.unknownHost('registry.example/web:2')).toContain(
    'failed to do request: Head "https://registry.example/v2/web/manifests/2": dial tcp: lookup registry.example: no such host',
  )
})

it('knows what it will not even try to pull', () => {
  expect(say.invalidImage('registry.example/Shop/web:1')?.message).toBe(
    'Failed to apply default image tag "registry.example/Shop/web:1": couldn\'t parse image name "registry.example/Shop/web:1": invalid reference format: repository name (registry.example/Shop/web) must be lowercase',
  )
  expect(['nginx', 'localhost:5000/a@sha256:1', 'Registry.example/a:V1'].map(say.invalidImage)).toEqual([null, null, null])
  expect(say.neverPull({ image: 'a:1', imagePullPolicy: 'Never' })?.message).toBe(
    'Container image "a:1" is not present with pull policy of Never',
  )
})
