import type { Failure, Observation } from '../rules/rule.ts'

/** How likely a change of a field brings about a failure, when nothing else tells: 0 … 10, first match. */
const WEIGHTS: Partial<Record<Failure, readonly [RegExp, number][]>> = {
  crash: [
    [/\]\.(?:args|command)\b/, 8],
    [/\]\.image$/, 7],
    [/\]\.env(?:From)?\b/, 6],
    [/\]\.(?:volumeMounts|workingDir)\b|\.volumes\b/, 5],
    [/securityContext|serviceAccount/, 5],
    [/\]\.(?:livenessProbe|startupProbe)\b/, 4],
    [/\]\.resources\b/, 4],
    [/dnsPolicy|dnsConfig|hostNetwork|hostAliases/, 3],
    [/initContainers|\.sysctls\b/, 3],
  ],
  unready: [
    [/\]\.(?:readinessProbe|startupProbe|livenessProbe)\b/, 8],
    [/\]\.(?:args|command|ports)\b/, 7],
    [/\]\.image$/, 6],
    [/\]\.env(?:From)?\b/, 6],
    [/\]\.(?:volumeMounts|resources)\b|\.volumes\b/, 4],
    [/dnsPolicy|dnsConfig|hostNetwork|serviceAccount/, 3],
  ],
  call: [
    [/\]\.(?:env(?:From)?|args|command)\b/, 7],
    [/\]\.image$/, 6],
    [/dnsPolicy|dnsConfig|hostNetwork|serviceAccount/, 6],
    [/metadata\.(?:annotations|labels)\b.*(?:inject|sidecar|proxy|mesh)/, 6],
  ],
  scheduling: [
    [/nodeSelector|affinity|tolerations|resources\.requests|hostPort|hostNetwork|topologySpread|schedulerName|volumes|nodeName/, 7],
  ],
  startup: [
    [/\]\.image$|imagePullSecrets|imagePullPolicy/, 6],
    [/volumes|volumeMounts|securityContext|command|runtimeClassName/, 6],
  ],
  admission: [[/securityContext|resources|serviceAccount|priorityClass|host(?:Network|PID|IPC)/, 6]],
}

/** Changes that act on one kind of trouble above all, whatever else changed. */
const SPECIAL: Readonly<Record<string, readonly [RegExp, number][]>> = {
  'oom-killed': [
    [/resources\.limits\.memory$/, 10],
    [/\]\.image$/, 6],
    [/\]\.(?:env|args|command)\b/, 5],
  ],
  'certificate-invalid': [
    [named('CA', 'CERTS?', 'TLS', 'SSL', 'TRUST\\w*'), 10],
    [named('URL', 'URI', 'HOST', 'ENDPOINT'), 8],
    [/\]\.(?:env|args|command|volumeMounts)\b|\.volumes\b/, 6],
    [/\]\.image$/, 5],
  ],
  'authentication-failed': [
    [named('PASS\\w*', 'PWD', 'USER\\w*', 'TOKEN', 'SECRET', 'CREDENTIALS?', 'AUTH', 'KEY'), 10],
    [/\]\.(?:env|args|command|volumeMounts)\b|\.volumes\b/, 6],
    [/\]\.image$/, 5],
  ],
}

/** An element of a list whose name holds one of these words. */
function named(...words: string[]): RegExp {
  return new RegExp(`\\[(?:name|mountPath)=[^\\]]*(?:(?<![a-z])(?:${words.join('|')})(?![a-z]))[^\\]]*\\]`, 'i')
}

export function relevance(observation: Observation, field: string): number {
  const container = /(?:containers|initContainers)\[name=([^\]]*)\]/.exec(field)?.[1]
  if (container !== undefined && observation.container !== null && container !== observation.container) return 0
  const weights = SPECIAL[observation.rule] ?? WEIGHTS[observation.failure] ?? []
  return weights.find(([pattern]) => pattern.test(field))?.[1] ?? 0
}
