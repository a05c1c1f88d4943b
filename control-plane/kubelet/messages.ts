import type { KubeObject } from '../api.ts'
import { goDuration } from './backoff.ts'

/** The kubelet's own words, as its sources of 1.36 have them (pkg/kubelet: kuberuntime, images, prober, eviction, volumemanager). */

const podFullName = (pod: KubeObject) => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`

export const backOffRestarting = (container: string, pod: KubeObject) =>
  `Back-off restarting failed container ${container} in pod ${podFullName(pod)}`
export const crashLoopWaiting = (backoff: number, container: string, pod: KubeObject) =>
  `back-off ${goDuration(backoff)} restarting failed container=${container} pod=${podFullName(pod)}`

export const pulling = (image: string) => `Pulling image "${image}"`
export const alreadyPresent = (image: string) => `Container image "${image}" already present on machine and can be accessed by the pod`
export const pulled = (image: string, ms: number, bytes: number) =>
  `Successfully pulled image "${image}" in ${goSeconds(ms)} (${goSeconds(ms)} including waiting). Image size: ${bytes} bytes.`
export const pullFailed = (image: string, error: string) => `Failed to pull image "${image}": ${error}`
export const pullBackOff = (image: string) => `Back-off pulling image "${image}"`
export const pullBackOffWaiting = (image: string, error: string) => `${pullBackOff(image)}: ErrImagePull: ${error}`

export const pullSecretsMissing = (names: readonly string[]) =>
  `Unable to retrieve some image pull secrets (${names.join(', ')}); attempting to pull the image may not succeed.`

/** Why no pull is even tried (image_manager.go, EnsureImageExists). */
interface NoPull {
  reason: string
  event: string
  message: string
}

export function neverPull({ image, imagePullPolicy }: { image: string; imagePullPolicy?: string }): NoPull | null {
  if (imagePullPolicy !== 'Never') return null
  const reason = 'ErrImageNeverPull'
  return { reason, event: reason, message: `Container image "${image}" is not present with pull policy of Never` }
}

export function invalidImage(image: string): NoPull | null {
  const why = (text: string): NoPull => ({
    reason: 'InvalidImageName',
    event: 'InspectFailed',
    message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format${text}`,
  })
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
  if (/[A-Z]/.test(name.replace(/^[^/]*[.:][^/]*\//, ''))) return why(`: repository name (${name}) must be lowercase`)
  return /^[\w.:/@-]+$/.test(image) && !/[:/@]$|\/\//.test(image) ? null : why('')
}

export const containerError = (message: string) => `Error: ${message}`
export const stopping = (container: string) => `Stopping container ${container}`
export const restartedByProbe = (container: string, probe: 'liveness' | 'startup') =>
  `Container ${container} failed ${probe} probe, will be restarted`

export const missingConfigMap = (name: string) => `configmap "${name}" not found`
export const missingSecret = (name: string) => `secret "${name}" not found`
export const missingConfigMapKey = (key: string, namespace: string, name: string) =>
  `couldn't find key ${key} in ConfigMap ${namespace}/${name}`
export const missingSecretKey = (key: string, namespace: string, name: string) => `couldn't find key ${key} in Secret ${namespace}/${name}`
export const mountFailed = (volume: string, message: string) => `MountVolume.SetUp failed for volume "${volume}" : ${message}`
export const mountTimeout = (volumes: string[]) =>
  `Unable to attach or mount volumes: unmounted volumes=[${volumes.join(' ')}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`
export const unreadyContainers = (names: string[]) => `containers with unready status: [${names.join(' ')}]`
export const incompleteContainers = (names: string[]) => `containers with incomplete status: [${names.join(' ')}]`

/** 832ms, 4.213s: Go's way, to the millisecond. */
function goSeconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : `${(ms / 1000).toFixed(3).replace(/\.?0+$/, '')}s`
}

/** What containerd says of an image that a registry does not have, or does not give; docker.io is written out. */
export const registry = {
  notFound: (image: string) => pullError('NotFound', image, `${qualified(image)}: not found`),
  denied: (image: string) =>
    pullError(
      'Unknown',
      image,
      `pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ),
  unauthorized: (image: string) =>
    pullError('Unknown', image, `failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized`),
  /** docker.io's answer to too many anonymous pulls. */
  tooMany: (image: string) =>
    pullError(
      'Unknown',
      image,
      `unexpected status from HEAD request to ${manifestUrl(image, 'registry-1.docker.io')}: 429 Too Many Requests
toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`,
    ),
  untrusted: (image: string) =>
    pullError(
      'Unknown',
      image,
      `failed to do request: Head "${manifestUrl(image)}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    ),
  unknownHost: (image: string) => {
    const host = qualified(image).split('/')[0] ?? ''
    return pullError('Unknown', image, `failed to do request: Head "${manifestUrl(image)}": dial tcp: lookup ${host}: no such host`)
  },
}

function manifestUrl(image: string, at?: string): string {
  const [host = '', ...path] = qualified(image)
    .replace(/[:@][^/]*$/, '')
    .split('/')
  return `https://${at ?? host}/v2/${path.join('/')}/manifests/${tagOf(image)}`
}

function pullError(code: string, image: string, why: string): string {
  const name = qualified(image)
  return `rpc error: code = ${code} desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${why}`
}

export function qualified(image: string): string {
  const tagged = /[:@][^/]*$/.test(image) ? image : `${image}:latest`
  const first = tagged.split('/')[0] ?? ''
  if (!tagged.includes('/')) return `docker.io/library/${tagged}`
  return first.includes('.') || first.includes(':') ? tagged : `docker.io/${tagged}`
}
const tagOf = (image: string) => /:([^/:]*)$/.exec(qualified(image))?.[1] ?? 'latest'
