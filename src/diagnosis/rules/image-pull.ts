import { refOf } from '#cluster'
import { containerField, podField, podSpecOf } from '../snapshot/field-path.ts'
import { distance } from '../snapshot/selectors.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { eventsOfContainer, groupContainers, oldest, podNames, type ContainerGroup } from './pods.ts'
import { advise, inspect } from './recommend.ts'
import { fromEvent, fromObject, podsText, type Rule, type Seen } from './rule.ts'

const WAITING = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
])

type Why = 'name' | 'missing' | 'denied' | 'unreachable' | 'never' | 'unknown'

/** Container runtimes' own words (containerd, CRI-O, docker shim) for why a pull failed. */
const WORDS: [Why, RegExp][] = [
  ['name', /couldn't parse image|invalid reference format|InvalidImageName/i],
  ['never', /ErrImageNeverPull|pull policy of Never/i],
  [
    'unreachable',
    /no such host|i\/o timeout|connection refused|network is unreachable|TLS handshake|x509|deadline exceeded|connection reset|server misbehaving|(?:status|code)[^\d]{0,12}(?:429|50\d)|toomanyrequests/i,
  ],
  ['missing', /not found|manifest unknown|name unknown|does not exist(?! or may require)|no matching manifest/i],
  [
    'denied',
    /unauthorized|authentication required|pull access denied|403 forbidden|no basic auth credentials|insufficient_scope|denied:|denied/i,
  ],
]

export const imagePull: Rule = {
  id: 'image-pull',
  title: 'An image cannot be pulled',
  means:
    'The node cannot get the image of a container, so the container never starts. The name or tag is wrong, the registry wants credentials, or it cannot be reached.',
  looksAt:
    'Containers waiting in ImagePullBackOff, ErrImagePull, ErrImageNeverPull or InvalidImageName, and the Failed events of their pods.',
  mend: 'Correct the image, or name a pull secret that the registry takes in imagePullSecrets; if the registry is down, wait or mirror the image.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) =>
      view.waiting && WAITING.has(view.waiting.reason) ? { key: String(view.spec.image), data: view.waiting } : null,
    ).map((group) => seen(snapshot, group)),
}

function seen(snapshot: Snapshot, group: ContainerGroup<{ reason: string; message: string }>): Seen {
  const { workload, container, views, data } = group
  const view = views[0]!
  const image = String(view.spec.image)
  const events = views
    .flatMap((v) => eventsOfContainer(snapshot, v, 'Failed', 'InspectFailed', 'ErrImageNeverPull'))
    .filter((e) => e.message.includes(image) || /pull|image/i.test(e.message))
  const telling = events.find((e) => why(e.message) !== 'unknown')
  const reason = why(`${data.reason} ${data.message} ${telling?.message ?? ''}`)
  const secrets: string[] = (podSpecOf(workload)?.imagePullSecrets ?? []).map((s: any) => s.name)
  const denied = reason === 'denied'
  const field = denied
    ? secrets.length === 1
      ? podField(workload, `imagePullSecrets[name=${secrets[0]}]`)
      : podField(workload, 'imagePullSecrets')
    : containerField(workload, container, reason === 'never' ? 'imagePullPolicy' : 'image')
  const similar = similarImage(snapshot, image)
  return {
    on: refOf(workload),
    failure: 'startup',
    container,
    severity: 'critical',
    summary: `Container ${container} of ${podsText(podNames(views).length, workload)} cannot start: ${SAY[reason](image)}${similar ? `; a running container uses ${similar}` : ''}`,
    evidence: [
      fromObject(view.pod, `container ${container}: ${data.reason}: ${data.message || image}`),
      ...(telling ? [fromEvent(telling)] : []),
    ],
    cause: { object: refOf(workload), field },
    since: oldest(views.map((v) => v.pod)),
    directness: reason === 'unknown' ? 0.6 : reason === 'unreachable' ? 0.65 : 0.9,
    tokens: [image],
    pods: podNames(views),
    alternatives: denied
      ? [
          {
            object: refOf(workload),
            field: containerField(workload, container, 'image'),
            summary: `The image name ${image} is wrong: registries answer alike for what is private and for what does not exist`,
          },
        ]
      : [],
    recommendations: recommend(reason, image, workload.metadata.namespace ?? '', secrets),
  }
}

const why = (text: string): Why => WORDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unknown'

const SAY: Record<Why, (image: string) => string> = {
  name: (image) => `"${image}" is not a valid image name`,
  missing: (image) => `the registry has no image ${image}`,
  denied: (image) => `the registry refuses ${image}: it is private (credentials missing or wrong) or does not exist`,
  unreachable: (image) => `the registry of ${image} cannot be reached`,
  never: (image) => `${image} is not on the node and imagePullPolicy is Never`,
  unknown: (image) => `pulling ${image} fails`,
}

const repository = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')

/** An image that runs in this cluster and differs from the wrong one by its tag or by a slip of the hand. */
function similarImage(snapshot: Snapshot, image: string): string | undefined {
  const running = new Set(snapshot.containers.filter((v) => v.ready && v.spec.image !== image).map((v) => String(v.spec.image)))
  const near = [...running].filter(
    (other) => repository(other) === repository(image) || distance(repository(other), repository(image), 2) <= 2,
  )
  return near.sort()[0]
}

function recommend(reason: Why, image: string, namespace: string, secrets: string[]) {
  if (reason === 'denied') {
    const look =
      secrets.length > 0 ? `kubectl get secret ${secrets.join(' ')} -n ${namespace}` : `kubectl get serviceaccounts -n ${namespace} -o yaml`
    return [
      inspect('Check the pull credentials', 'The registry refused the pull.', look),
      advise(
        `Give the workload a pull secret that may read ${repository(image)}`,
        'Private images need imagePullSecrets of type kubernetes.io/dockerconfigjson in the same namespace.',
      ),
    ]
  }
  if (reason === 'unreachable')
    return [
      advise(
        'Check that the nodes reach the registry (DNS, proxy, firewall, rate limit)',
        'The pull failed before the registry could answer for the image.',
      ),
    ]
  return [advise(`Use an image that exists in place of ${image}`, 'The container cannot start without it.')]
}
