import { refOf, type KubeObject } from '#cluster'
import { containersOf, isReady } from '../../snapshot/containers.ts'
import { containerField, podSpecOf } from '../../snapshot/field-path.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import { podNames, unreadySince } from '../run/pods.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Draft, type Rule, type Seen } from '../rule.ts'

/** Words of a program that waits for somebody or does not find him. */
const WAITS =
  /wait|time(?:d)? ?out|unable|cannot|can't|could not|couldn't|fail|error|refused|unreachable|unavailable|no such host|not (?:be )?(?:found|known|resol|reach)|retr(?:y|ies)|missing|quorum|no route/i

export const orderedStart: Rule = {
  id: 'ordered-start',
  title: 'The members of a StatefulSet wait for each other',
  means:
    'A member waits for its peers before it is ready, and OrderedReady makes the next member only when the one before is ready; or the governing Service does not give the addresses of members that are not ready.',
  looksAt:
    'podManagementPolicy, which ordinals exist, the governing Service, and whether the log of the one that is not ready speaks of the others.',
  mend: 'Use podManagementPolicy Parallel (the StatefulSet must be made anew) and publishNotReadyAddresses, or a readiness probe that does not need the peers.',
  look: (snapshot) => snapshot.all('StatefulSet').flatMap((set) => deadlock(snapshot, set)),
}

function deadlock(snapshot: Snapshot, set: KubeObject): Seen[] {
  const { name, namespace = null } = set.metadata
  const wanted = Number(set.spec?.replicas ?? 1)
  const pods = snapshot.podsOf(set)
  const waiting = pods.filter((p) => !isReady(p) && p.spec?.nodeName && p.status?.phase !== 'Succeeded')
  if (wanted < 2 || waiting.length === 0 || waiting.length + pods.filter(isReady).length === 0) return []
  const first = Number(set.spec?.ordinals?.start ?? 0)
  const names = Array.from({ length: Math.min(wanted, 50) }, (_, i) => `${name}-${first + i}`)
  const isOrdered = (set.spec?.podManagementPolicy ?? 'OrderedReady') === 'OrderedReady'
  const absent = names.filter((n) => !pods.some((p) => p.metadata.name === n))
  for (const pod of waiting) {
    const missing = absent.filter((n) => ordinal(n) > ordinal(pod.metadata.name))
    const said = isOrdered && missing.length > 0 ? speaksOf(snapshot, pod, missing) : null
    if (said)
      return [
        {
          ...common(set, pod, said),
          summary: `StatefulSet ${namespace}/${name} waits for itself: ${pod.metadata.name} waits for ${missing.slice(0, 3).join(', ')}, and OrderedReady makes them only when ${pod.metadata.name} is ready`,
          evidence: [
            fromObject(
              set,
              `podManagementPolicy ${set.spec?.podManagementPolicy ?? 'OrderedReady'}; ${pods.length} of ${wanted} pods exist`,
            ),
            said,
          ],
          cause: { object: refOf(set), field: 'spec.podManagementPolicy' },
          directness: 0.86,
          alternatives: [
            {
              object: refOf(set),
              field: containerField(set, podSpecOf(set).containers[0].name, 'readinessProbe'),
              summary: 'Its readiness needs the peers, which wait for it',
            },
          ],
        },
      ]
    const governing = snapshot.get('Service', namespace, set.spec?.serviceName ?? '')
    const peers = waiting.filter((p) => p !== pod).map((p) => p.metadata.name)
    const unresolved = governing && !governing.spec?.publishNotReadyAddresses ? speaksOf(snapshot, pod, peers, UNRESOLVED) : null
    if (governing && unresolved && pods.every((p) => !isReady(p)))
      return [
        {
          ...common(set, pod, unresolved),
          summary: `The members of StatefulSet ${namespace}/${name} do not find each other: Service ${governing.metadata.name} gives no address of a member that is not ready yet`,
          evidence: [fromObject(governing, 'publishNotReadyAddresses is not set'), unresolved],
          cause: { object: refOf(governing), field: 'spec.publishNotReadyAddresses' },
          directness: 0.84,
        },
      ]
  }
  return []
}

const UNRESOLVED = /no such host|not (?:known|resolv)|resol(?:ve|ution)|NXDOMAIN|ENOTFOUND|UnknownHost|getaddrinfo/i

const common = (set: KubeObject, pod: KubeObject, said: Draft) => ({
  on: refOf(set),
  failure: 'crash' as const,
  severity: 'critical' as const,
  since: unreadySince([pod]),
  lines: [said.text],
  pods: podNames([pod]),
  recommendations: [
    advise(
      'Let all members start at once: podManagementPolicy Parallel, publishNotReadyAddresses: true',
      'They need each other to become ready.',
    ),
  ],
})

const ordinal = (pod: string): number => Number(/-(\d+)$/.exec(pod)?.[1] ?? -1)

/** A late line of a member that complains and names a peer. */
function speaksOf(snapshot: Snapshot, pod: KubeObject, peers: readonly string[], words: RegExp = WAITS): Draft | null {
  for (const view of containersOf(pod))
    for (const previous of [false, true]) {
      const line = (snapshot.log(view, previous) ?? [])
        .slice(-60)
        .findLast((l) => words.test(l) && peers.some((peer) => namesHost(l, peer)))
      if (line)
        return {
          source: 'log',
          ref: `log/${logKey(pod.metadata.namespace ?? '', pod.metadata.name, view.name, previous)}`,
          text: line.trim(),
        }
    }
  return null
}

/** Also as the first part of a longer name: `rabbitmq-1.rabbitmq-nodes.shop.svc`. */
const namesHost = (line: string, peer: string): boolean => holdsWord(line.replaceAll(/(?<=[\w-])\.(?=[a-z])/g, ' '), peer)
