import { refOf, type KubeObject } from '#cluster'
import { containerField, containerSpec, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { lastEnd } from '../../snapshot/containers.ts'
import { eventsOfContainer, groupContainers, oldest, podNames } from '../run/pods.ts'
import { WORDS } from './container-start-words.ts'
import { lacksMode, modeField, mountOf } from './mounts.ts'
import { quotedField } from './quoted-field.ts'
import { advise } from '../recommend.ts'
import { fromEvent, fromObject, podsText, type Rule } from '../rule.ts'

const WAITING = new Set([
  'RunContainerError',
  'CreateContainerError',
  'PostStartHookError',
  'PreStartHookError',
  'CreateContainerConfigError',
])

export const containerStart: Rule = {
  id: 'container-start',
  title: 'A container cannot be started',
  means:
    'The image is there, but the runtime cannot create or start the container: the command does not exist, the user is not allowed, a mount does not fit, or a start hook fails.',
  looksAt:
    'Containers waiting in RunContainerError, CreateContainerError or a hook error, or ended with StartError or ContainerCannotRun (exit 126, 127, 128), and the Failed events of their pods.',
  mend: 'Correct the command, working directory, mounts or securityContext that the message names.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) => {
      const end = lastEnd(view)
      const text = [
        WAITING.has(view.waiting?.reason ?? '') ? `${view.waiting!.reason}: ${view.waiting!.message}` : '',
        end && ['StartError', 'ContainerCannotRun'].includes(end.reason) && !view.running ? `${end.reason}: ${end.message}` : '',
      ].find(Boolean)
      if (!text || (view.waiting?.reason === 'CreateContainerConfigError' && !/runAsNonRoot|non-root policy|subPath|subpath/.test(text)))
        return null
      const word = WORDS.findIndex((w) => w.pattern.test(text))
      return { key: `${word}`, data: { text, word } }
    }).map(({ workload, container, views, data }) => {
      const word = WORDS[data.word]
      const hook = /(PostStart|PreStart)HookError/.exec(data.text)
      const spec = containerSpec(workload, container)?.spec ?? views[0]!.spec
      let leaf = word?.field ?? (hook ? 'lifecycle.postStart' : '')
      const subPath = /for volumeMount "([^"]+)"/.exec(data.text)?.[1]
      const target = /to rootfs at "([^"]+)"/.exec(data.text)?.[1]
      const mount = (spec.volumeMounts ?? []).find((m: any) => (subPath ? m.name === subPath && m.subPath : m.mountPath === target))
      // A key that is not there makes a folder, and that cannot stand where a file is.
      if (mount) leaf = `volumeMounts[mountPath=${mount.mountPath}]${mount.subPath ? '.subPath' : ''}`
      if (leaf === 'command') leaf = commandField(spec, word!.pattern.exec(data.text)?.[1])
      // The value that the message quotes is the field, where nothing told it more exactly.
      const quoted =
        leaf === '' || leaf === 'volumeMounts' || leaf.startsWith('securityContext') ? quotedField(workload, container, data.text) : null
      const denied = /exec: "([^"]+)": permission denied/.exec(data.text)?.[1]
      const script = denied ? mountOf(workload, container, denied) : undefined
      const isMode = script !== undefined && lacksMode(script, denied!, 'execute')
      const field = isMode ? modeField(workload, script) : (quoted ?? placeOf(workload, container, spec, leaf))
      const event = views.flatMap((v) => eventsOfContainer(snapshot, v, 'Failed', 'FailedPostStartHook', 'FailedPreStopHook'))[0]
      const saying = word ? word.say(word.pattern.exec(data.text)!) : data.text.slice(0, 200)
      return {
        on: refOf(workload),
        failure: 'startup',
        container,
        severity: 'critical',
        summary: `Container ${container} of ${podsText(podNames(views).length, workload)} cannot be started: ${saying}${isMode ? ': its volume gives the file no right to be executed' : ''}`,
        evidence: [
          fromObject(views[0]!.pod, `container ${container}: ${data.text}`),
          ...(event && !data.text.includes(event.message) ? [fromEvent(event)] : []),
        ],
        cause: { object: refOf(workload), field },
        since: oldest(views),
        directness: word ? 0.9 : quoted ? 0.8 : 0.6,
        tokens: [...data.text.matchAll(/"([^"]{2,100})"/g)].map((m) => m[1]!),
        pods: podNames(views),
        recommendations: [advise(`Correct ${field}`, `The runtime says: ${data.text.slice(0, 200)}`)],
      }
    }),
}

/** What a container's securityContext does not say, its pod's does. */
function placeOf(workload: KubeObject, container: string, spec: any, leaf: string): string {
  const [, own] = /^securityContext\.(\w+)$/.exec(leaf) ?? []
  const isOfPod =
    own !== undefined && spec.securityContext?.[own] === undefined && podSpecOf(workload)?.securityContext?.[own] !== undefined
  return isOfPod || (own === 'runAsNonRoot' && spec.securityContext?.[own] === undefined)
    ? podField(workload, leaf)
    : containerField(workload, container, leaf)
}

/** The element of command or args that the runtime could not execute. */
function commandField(spec: any, program: string | undefined): string {
  const at = (spec.command ?? []).findIndex((word: string) => word === program)
  if (at >= 0) return `command[${at}]`
  if ((spec.command ?? []).length > 0) return 'command[0]'
  const arg = (spec.args ?? []).findIndex((word: string) => word === program)
  return arg >= 0 ? `args[${arg}]` : 'command'
}
