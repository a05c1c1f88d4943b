import type { KubeObject } from '#cluster'
import type { DiagnosisRequest } from '../request.ts'
import { holdsWord } from '../snapshot/settings.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Aim } from './aim.ts'

/** Labels that say where a metric was scraped, or name an object of a kind that Kubernetes brings. */
const OF_SCRAPE =
  /^(?:job|namespace|container|pod|service|endpoint|prometheus|severity|alertname|cluster_name|deployment|statefulset|daemonset|replicaset|cronjob|job_name|ingress|node|persistentvolumeclaim|workload)$/

/** A text that tells of a workload tells of no custom resource that is called the same. */
const isNamed = ({ metadata: { name } }: KubeObject, { labels, annotations }: Alert, aim: Aim): boolean =>
  Object.entries(labels).some(([key, value]) => value === name && !OF_SCRAPE.test(key)) ||
  (name.length >= 5 &&
    aim.workloads.every((w) => w.metadata.name !== name) &&
    Object.values(annotations).some((text) => holdsWord(text, name)))

type Alert = NonNullable<DiagnosisRequest['alert']>

/** Custom resources that an alert names, in its labels or its text. */
export const customsMeant = (snapshot: Snapshot, aim: Aim, alert: Alert | null): KubeObject[] =>
  alert ? snapshot.customs.filter((o) => isNamed(o, alert, aim)) : []
