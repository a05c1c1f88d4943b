import { refOf } from '#cluster'
import { containerField } from '../../snapshot/field-path.ts'
import { distance } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { eventsOfContainer, groupContainers, oldest, podNames, type ContainerGroup } from '../run/pods.ts'
import { isRefusedLogin, MEND, SAY, why, type Why } from './image-words.ts'
import { registriesOf, rewriterOf } from './image-origin.ts'
import { pullSecretsOf } from './pull-secrets.ts'
import { advise, inspect } from '../recommend.ts'
import { fromEvent, fromObject, podsText, type Rule, type Seen } from '../rule.ts'

const WAITING = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
])

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
  const text = `${data.reason} ${data.message} ${telling?.message ?? ''}`
  const reason = why(text)
  const denied = reason === 'denied'
  const secrets = denied
    ? pullSecretsOf(
        snapshot,
        workload,
        views.map((v) => v.pod),
        isRefusedLogin(text),
      )
    : null
  const named = { object: refOf(workload), field: containerField(workload, container, reason === 'never' ? 'imagePullPolicy' : 'image') }
  // A registry within the cluster is a Service, and what stands behind it.
  const inside = DISTANT.has(reason) || reason === 'unknown' ? registriesOf(snapshot, image, text) : []
  const similar = similarImage(snapshot, image)
  const rewritten = rewriterOf(snapshot, workload, container, image)
  return {
    on: refOf(workload),
    failure: 'startup',
    container,
    severity: 'critical',
    summary: `Container ${container} of ${podsText(podNames(views).length, workload)} cannot start: ${SAY[reason](image)}${secrets ? `; ${secrets.says}` : ''}${similar ? `; a running container uses ${similar}` : ''}`,
    evidence: [
      fromObject(view.pod, `container ${container}: ${data.reason}: ${data.message || image}`),
      ...(telling ? [fromEvent(telling)] : []),
    ],
    cause: rewritten ?? secrets?.cause ?? named,
    since: oldest(views.map((v) => v.pod)),
    directness: secrets?.directness ?? (reason === 'unknown' ? 0.6 : DISTANT.has(reason) ? 0.65 : 0.9),
    tokens: [image],
    blames: inside,
    open: inside.length > 0,
    pods: podNames(views),
    alternatives: denied
      ? [
          {
            ...named,
            summary: `The image name ${image} is wrong: registries answer alike for what is private and for what does not exist`,
          },
        ]
      : [],
    recommendations: recommend(reason, image, workload.metadata.namespace ?? '', secrets?.names ?? []),
  }
}

/** The name may be right: the registry, or the way to it, is in trouble. */
const DISTANT: ReadonlySet<Why> = new Set(['unreachable', 'untrusted', 'limited'])

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
  return [advise(...MEND[reason](image))]
}
