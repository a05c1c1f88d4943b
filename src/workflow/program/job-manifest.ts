import type { KubeObject } from '#cluster'
import { hash, slug } from '#kit/ids'
import { DEFAULT_RUN_USER, RUN_LABEL, type RunStep } from '#kinds/run-step'
import type { Command } from './command.ts'

export interface JobOf {
  namespace: string
  investigation: { id: string; name: string }
  attempt: number
  step: string
  try: number
  spec: RunStep
  command: Command
  /** After which the cluster ends it by itself, should nobody be there to. */
  deadlineSeconds: number
}

export const CONTAINER = 'run'

/** One that nobody deletes is deleted by the cluster. */
const TTL_SECONDS = 3_600
const SCRATCH = '64Mi'
const DEFAULTS = { cpu: { request: '50m', limit: '500m' }, memory: { request: '64Mi', limit: '256Mi' } }

/** Always the same for a try of a step in an attempt of an investigation: whoever goes on with it finds its Job by it. */
export const jobName = (of: Pick<JobOf, 'attempt' | 'step' | 'try'> & { investigation: { id: string } }): string =>
  `inquest-${slug(of.step, 30)}-${hash('run', of.investigation.id, String(of.attempt), of.step, String(of.try)).slice(0, 12)}`

/** What fits Pod Security "restricted". */
export function jobManifest(of: JobOf): KubeObject {
  const { spec, command, namespace } = of
  const name = jobName(of)
  const labels = {
    'app.kubernetes.io/managed-by': 'inquest',
    [RUN_LABEL]: name,
    'inquest.dev/investigation': labelValue(of.investigation.name),
  }
  const annotations = {
    'inquest.dev/investigation': of.investigation.name,
    'inquest.dev/investigation-id': of.investigation.id,
    'inquest.dev/step': of.step,
    'inquest.dev/try': `${of.attempt}/${of.try}`,
  }
  const user = spec.runAsUser ?? DEFAULT_RUN_USER
  const container = {
    name: CONTAINER,
    image: spec.image!,
    ...(command.command.length > 0 && { command: command.command.map(literal) }),
    ...(command.args.length > 0 && { args: command.args.map(literal) }),
    env: command.env.map((one) =>
      'value' in one ? { name: one.name, value: literal(one.value) } : { name: one.name, valueFrom: { secretKeyRef: one.secretKeyRef } },
    ),
    resources: resourcesOf(spec),
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    // Of a program that said nothing but ended badly the end of its log is kept in its status.
    terminationMessagePolicy: 'FallbackToLogsOnError',
  }
  const pod = {
    restartPolicy: 'Never',
    automountServiceAccountToken: spec.serviceAccountName !== undefined,
    ...(spec.serviceAccountName && { serviceAccountName: spec.serviceAccountName }),
    ...(spec.imagePullSecrets && { imagePullSecrets: spec.imagePullSecrets }),
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: SCRATCH } }],
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels, annotations },
    spec: {
      // Trying again is the step's own affair.
      backoffLimit: 0,
      activeDeadlineSeconds: of.deadlineSeconds,
      ttlSecondsAfterFinished: TTL_SECONDS,
      template: { metadata: { labels, annotations }, spec: pod },
    },
  }
}

/** A name may have 253 characters, a label 63. */
const labelValue = (name: string): string => (name.length <= 63 ? name : `${name.slice(0, 50)}-${hash(name).slice(0, 12)}`)

/** Kubernetes puts variables in the place of `$(NAME)`: what an alert says must not reach a Secret that way. `$$` is one `$`. */
const literal = (text: string): string => text.replaceAll('$', '$$$$')

/** Of a pair of which one is given, the other is the same: a default may lie on the wrong side of it. */
function resourcesOf({ resources: { requests = {}, limits = {} } = {} }: RunStep): object {
  const pick = (key: 'cpu' | 'memory'): { request: string; limit: string } => {
    const [request, limit] = [requests[key] ?? limits[key], limits[key] ?? requests[key]]
    return request === undefined || limit === undefined ? DEFAULTS[key] : { request, limit }
  }
  const [cpu, memory] = [pick('cpu'), pick('memory')]
  return { requests: { cpu: cpu.request, memory: memory.request }, limits: { cpu: cpu.limit, memory: memory.limit } }
}
