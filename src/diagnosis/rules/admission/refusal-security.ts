import { refOf } from '#cluster'
import { labelledAt } from '../../snapshot/edits.ts'
import { time } from '../../snapshot/events.ts'
import { containerField, entry, podField } from '../../snapshot/field-path.ts'
import { ENFORCE } from '../../snapshot/well-known.ts'
import { inWorkload, type Way } from './refusal-ways.ts'

export const POD_SECURITY: Way = {
  pattern: /violates PodSecurity "([^"]+)": (.+)/,
  tell: ([, level, text = ''], { workload, owner }, snapshot) => {
    const container = /containers? "([^"]+)"(?:,? .{0,80})? must (?:not )?set (securityContext[\w.]+)(?: to)?=?/.exec(text)
    const pod = /pod must (?:not )?set (securityContext[\w.]+)|(host(?:Network|PID|IPC))=true|hostPath volumes? .*"([^"]+)"/.exec(text)
    const privileged = /privileged \(container "([^"]+)"/.exec(text)
    const either = /pod or containers? "([^"]+)" must set (securityContext[\w.]+)/.exec(text)
    const field = privileged
      ? containerField(workload, privileged[1]!, 'securityContext.privileged')
      : either && (!container || either.index <= container.index)
        ? containerField(workload, either[1]!, either[2])
        : container
          ? containerField(workload, container[1]!, container[2])
          : podField(workload, pod?.[1] ?? pod?.[2] ?? (pod?.[3] ? `volumes[name=${pod[3]}].hostPath` : 'securityContext'))
    const namespace = snapshot.get('Namespace', null, workload.metadata.namespace ?? '')
    const tightened = namespace ? labelledAt(namespace, ENFORCE) : null
    // What has had this template for longer was fine until the namespace was made strict.
    const isNewer = tightened !== null && tightened > (time(owner.metadata.creationTimestamp) ?? Infinity)
    return {
      says: `the namespace allows only pods of level "${level}": ${text.slice(0, 200)}`,
      cause: isNewer ? { object: refOf(namespace!), field: entry('metadata.labels', ENFORCE) } : inWorkload(workload, field),
      directness: 0.88,
      mend: `Correct ${field}, or run it in a namespace of another level`,
    }
  },
}
