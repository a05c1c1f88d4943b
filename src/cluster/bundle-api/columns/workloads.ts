import type { KubeObject } from '../../reader.ts'
import {
  age,
  column,
  containerColumns,
  humanDuration,
  integer,
  labelsText,
  NONE,
  selectorColumn,
  since,
  yesNo,
  type Column,
} from './format.ts'

const replicas = (object: KubeObject): number => object.spec?.replicas ?? 1

export const deploymentColumns: Column[] = [
  column('Ready', (d) => `${d.status?.readyReplicas ?? 0}/${replicas(d)}`),
  integer('Up-to-date', (d) => d.status?.updatedReplicas),
  integer('Available', (d) => d.status?.availableReplicas),
  age,
  ...containerColumns,
  selectorColumn,
]

/** Of ReplicaSets and ReplicationControllers. */
export const replicaSetColumns: Column[] = [
  integer('Desired', replicas),
  integer('Current', (rs) => rs.status?.replicas),
  integer('Ready', (rs) => rs.status?.readyReplicas),
  age,
  ...containerColumns,
  selectorColumn,
]

export const statefulSetColumns: Column[] = [
  column('Ready', (sts) => `${sts.status?.readyReplicas ?? 0}/${replicas(sts)}`),
  age,
  ...containerColumns,
]

export const daemonSetColumns: Column[] = [
  integer('Desired', (ds) => ds.status?.desiredNumberScheduled),
  integer('Current', (ds) => ds.status?.currentNumberScheduled),
  integer('Ready', (ds) => ds.status?.numberReady),
  integer('Up-to-date', (ds) => ds.status?.updatedNumberScheduled),
  integer('Available', (ds) => ds.status?.numberAvailable),
  column('Node Selector', (ds) => labelsText(ds.spec?.template?.spec?.nodeSelector)),
  age,
  ...containerColumns,
  selectorColumn,
]

export const jobColumns: Column[] = [
  column('Status', jobStatus),
  column('Completions', ({ spec, status }) => {
    const done = status?.succeeded ?? 0
    if (spec?.completions !== undefined && spec.completions !== null) return `${done}/${spec.completions}`
    return (spec?.parallelism ?? 1) > 1 ? `${done}/1 of ${spec.parallelism}` : `${done}/1`
  }),
  column('Duration', ({ status }, now) => {
    if (!status?.startTime) return ''
    return humanDuration((status.completionTime ? Date.parse(status.completionTime) : now.getTime()) - Date.parse(status.startTime))
  }),
  age,
  ...containerColumns,
  selectorColumn,
]

function jobStatus({ metadata, status }: KubeObject): string {
  const has = (type: string): boolean => (status?.conditions ?? []).some((c: any) => c.type === type && c.status === 'True')
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (metadata.deletionTimestamp) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running'
}

export const cronJobColumns: Column[] = [
  column('Schedule', (cj) => cj.spec?.schedule ?? ''),
  column('Timezone', (cj) => cj.spec?.timeZone ?? NONE),
  column('Suspend', (cj) => yesNo(cj.spec?.suspend)),
  integer('Active', (cj) => (cj.status?.active ?? []).length),
  column('Last Schedule', (cj, now) => (cj.status?.lastScheduleTime ? since(cj.status.lastScheduleTime, now) : NONE)),
  age,
  ...containerColumns,
  selectorColumn,
]

export const autoscalerColumns: Column[] = [
  column('Reference', ({ spec }) => `${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`),
  column('Targets', targets),
  column('MinPods', (hpa) => String(hpa.spec?.minReplicas ?? '<unset>')),
  integer('MaxPods', (hpa) => hpa.spec?.maxReplicas),
  integer('Replicas', (hpa) => hpa.status?.currentReplicas),
  age,
]

/** `cpu: 10%/80%, memory: <unknown>/1Gi`; at most two, as kubectl does. */
function targets({ spec, status }: KubeObject): string {
  const all = (spec?.metrics ?? []).map((metric: any, index: number) => {
    const type = metric.type.charAt(0).toLowerCase() + metric.type.slice(1)
    const wanted = metric[type]?.target ?? {}
    const current = status?.currentMetrics?.[index]?.[type]?.current ?? {}
    const name = metric.type === 'Resource' || metric.type === 'ContainerResource' ? `${metric[type]?.name}: ` : ''
    const percent = wanted.averageUtilization !== undefined
    const goal = percent
      ? `${wanted.averageUtilization}%`
      : wanted.averageValue !== undefined
        ? `${wanted.averageValue} (avg)`
        : wanted.value
    const seen = percent ? current.averageUtilization : (current.averageValue ?? current.value)
    return `${name}${seen === undefined || seen === null ? '<unknown>' : percent ? `${seen}%` : seen}/${goal ?? '<auto>'}`
  })
  if (all.length === 0) return NONE
  return all.length > 2 ? `${all.slice(0, 2).join(', ')} + ${all.length - 2} more...` : all.join(', ')
}
