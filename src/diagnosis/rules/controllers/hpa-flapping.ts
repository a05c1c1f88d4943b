import { refOf, type KubeObject } from '#cluster'
import { editsOf } from '../../snapshot/edits.ts'
import type { KubeEvent } from '../../snapshot/events.ts'
import { isKind } from '../../snapshot/kinds.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { fromEvent, fromObject, type Place, type Rule, type Seen } from '../rule.ts'

export const hpaFlapping: Rule = {
  id: 'hpa-flapping',
  title: 'An autoscaler scales up and down again and again',
  means:
    'It takes pods away as soon as the load falls and needs them minutes later: its scale-down waits too short, or somebody else writes the replicas, too.',
  looksAt:
    'How often of late a HorizontalPodAutoscaler and its target tell of more and of fewer pods, behavior.scaleDown, and who else writes spec.replicas.',
  mend: 'Raise behavior.scaleDown.stabilizationWindowSeconds (300 s unless it is set); let nobody else set replicas.',
  look: (snapshot) => snapshot.all('HorizontalPodAutoscaler').flatMap((hpa) => flapping(snapshot, hpa)),
}

const RECENT = 3_600_000
/** So many turns in each direction are no day's ups and downs. */
const TURNS = 3
/** What Kubernetes waits before it scales down unless told otherwise. s */
const USUAL_WINDOW = 300

function flapping(snapshot: Snapshot, hpa: KubeObject): Seen[] {
  const { kind = '', name } = hpa.spec?.scaleTargetRef ?? {}
  const target = isKind(kind) ? snapshot.get(kind, hpa.metadata.namespace ?? null, name) : undefined
  if (!target) return []
  const late = (list: readonly KubeEvent[]): KubeEvent[] => list.filter((e) => snapshot.now - (e.last ?? 0) < RECENT)
  const own = late(snapshot.eventsOf(hpa)).filter((e) => e.reason === 'SuccessfulRescale')
  const scaled = late(snapshot.eventsOf(target)).filter((e) => e.reason === 'ScalingReplicaSet' && / from \d+/.test(e.message))
  const isDown = (e: KubeEvent): boolean => /below target|scaled down/i.test(e.message)
  const [ups, downs] = [own.filter((e) => !isDown(e)), own.filter(isDown)]
  const away = scaled.filter(isDown)
  // Who takes pods away that the autoscaler has added, and not the autoscaler itself.
  const isOther = count(downs) < TURNS && count(away) >= TURNS
  if (count(ups) < TURNS || (count(downs) < TURNS && !isOther)) return []
  const cause = isOther ? byOther(target) : byWindow(hpa)
  const object = refOf(target)
  const again = `${count(ups)} times up and ${count(isOther ? away : downs)} times down within ${minutes([...ups, ...downs, ...away])} minutes`
  return [
    {
      on: object,
      failure: 'ending',
      severity: 'warning',
      summary: `${kind} ${object.namespace}/${object.name} is scaled ${again}: ${cause.says}`,
      evidence: [
        ...ups.slice(0, 2).map(fromEvent),
        ...(isOther ? away : downs).slice(0, 2).map(fromEvent),
        fromObject(isOther ? target : hpa, cause.shown),
      ],
      cause: cause.place,
      directness: cause.directness,
      tentative: true,
      recommendations: [
        isOther
          ? advise(`Take replicas out of what writes ${kind} ${object.name}`, 'The autoscaler sets them.')
          : setField(
              refOf(hpa),
              'spec.behavior.scaleDown.stabilizationWindowSeconds',
              USUAL_WINDOW,
              'Then a short fall of the load takes no pods away.',
            ),
      ],
    },
  ]
}

const count = (events: readonly KubeEvent[]): number => events.reduce((sum, e) => sum + e.count, 0)

const minutes = (events: readonly KubeEvent[]): number => {
  const [from, to] = [Math.min(...events.map((e) => e.first ?? Infinity)), Math.max(...events.map((e) => e.last ?? 0))]
  return Math.round((to - from) / 60_000)
}

interface Why {
  says: string
  place: Place
  shown: string
  directness: number
}

function byWindow(hpa: KubeObject): Why {
  const window = hpa.spec?.behavior?.scaleDown?.stabilizationWindowSeconds
  const isShort = typeof window === 'number' && window < USUAL_WINDOW
  return {
    says: isShort ? `it waits ${window} seconds before it takes pods away` : 'the metric follows what it does',
    place: { object: refOf(hpa), field: isShort ? 'spec.behavior.scaleDown.stabilizationWindowSeconds' : 'spec.metrics' },
    shown: `behavior.scaleDown.stabilizationWindowSeconds = ${window ?? '(unset)'}`,
    directness: isShort ? 0.86 : 0.5,
  }
}

function byOther(target: KubeObject): Why {
  const edit = editsOf(target).find((e) => e.field === 'spec.replicas')
  return {
    says: `${edit ? edit.how.replace('written by ', '') : 'somebody else'} sets its replicas back`,
    place: { object: refOf(target), field: 'spec.replicas' },
    shown: `spec.replicas = ${target.spec?.replicas}`,
    directness: 0.84,
  }
}
