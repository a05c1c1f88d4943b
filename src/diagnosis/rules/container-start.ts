import { refOf } from '#cluster'
import { containerField, containerSpec } from '../snapshot/field-path.ts'
import { lastEnd } from '../snapshot/containers.ts'
import { eventsOfContainer, groupContainers, oldest, podNames } from './pods.ts'
import { advise } from './recommend.ts'
import { fromEvent, fromObject, podsText, type Rule } from './rule.ts'

const WAITING = new Set([
  'RunContainerError',
  'CreateContainerError',
  'PostStartHookError',
  'PreStartHookError',
  'CreateContainerConfigError',
])

/** What the runtime says, and the field that it speaks of. */
const WORDS: { pattern: RegExp; field: string; say: (m: RegExpExecArray) => string }[] = [
  {
    pattern: /exec: "([^"]+)": (?:executable file not found|stat [^:]+: no such file or directory|no such file)/i,
    field: 'command',
    say: (m) => `its command "${m[1]}" is not in the image`,
  },
  {
    pattern: /exec: "([^"]+)": (?:permission denied|is a directory)/i,
    field: 'command',
    say: (m) => `its command "${m[1]}" cannot be executed`,
  },
  {
    pattern: /exec format error/i,
    field: 'image',
    say: () => 'the image is built for another processor architecture, or its entry point is no program',
  },
  { pattern: /no command specified/i, field: 'command', say: () => 'neither the image nor the container names a command' },
  {
    pattern: /chdir to cwd \("([^"]+)"\)|mkdir (\/\S+): not a directory|working directory "?([^"\s]+)/i,
    field: 'workingDir',
    say: (m) => `its working directory ${m[1] ?? m[2] ?? m[3]} cannot be used`,
  },
  {
    pattern: /container has runAsNonRoot and image (?:will run as root|has non-numeric user \(([^)]*)\))/i,
    field: 'securityContext.runAsNonRoot',
    say: (m) =>
      m[1]
        ? `runAsNonRoot is set, and the image names its user (${m[1]}) and gives no number`
        : 'runAsNonRoot is set, and the image runs as root',
  },
  {
    pattern: /(?:not a directory: unknown: )?Are you trying to mount a directory onto a file/i,
    field: 'volumeMounts',
    say: () => 'a directory is mounted onto a file, or a file onto a directory',
  },
  {
    pattern: /failed to create subPath directory|subPath.*(?:not found|no such file)|failed to prepare subPath/i,
    field: 'volumeMounts',
    say: () => 'the subPath of a mount does not exist in its volume',
  },
  { pattern: /rootfs.*mount.*"(\/[^"]+)"|error mounting "([^"]+)"/i, field: 'volumeMounts', say: (m) => `mounting ${m[1] ?? m[2]} fails` },
  {
    pattern: /memory.*(?:too low|minimum memory|limit.*too low)|container init was OOM-killed/i,
    field: 'resources.limits.memory',
    say: () => 'its memory limit is too small for it to begin',
  },
  {
    pattern: /failed to apply caps|operation not permitted/i,
    field: 'securityContext',
    say: () => 'its securityContext asks for what the node does not allow',
  },
]

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
      if (!text || (view.waiting?.reason === 'CreateContainerConfigError' && !/runAsNonRoot|subPath|subpath/.test(text))) return null
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
      const podLevel = leaf === 'securityContext.runAsNonRoot' && spec.securityContext?.runAsNonRoot === undefined
      const field = containerField(workload, container, leaf)
      const event = views.flatMap((v) => eventsOfContainer(snapshot, v, 'Failed', 'FailedPostStartHook', 'FailedPreStopHook'))[0]
      const saying = word ? word.say(word.pattern.exec(data.text)!) : data.text.slice(0, 200)
      return {
        on: refOf(workload),
        failure: 'startup',
        container,
        severity: 'critical',
        summary: `Container ${container} of ${podsText(podNames(views).length, workload)} cannot be started: ${saying}`,
        evidence: [
          fromObject(views[0]!.pod, `container ${container}: ${data.text}`),
          ...(event && !data.text.includes(event.message) ? [fromEvent(event)] : []),
        ],
        cause: {
          object: refOf(workload),
          field: podLevel
            ? field.replace(/containers\[.*$/, 'securityContext.runAsNonRoot').replace(/initContainers.*$/, 'securityContext.runAsNonRoot')
            : field,
        },
        since: oldest(views),
        directness: word ? 0.9 : 0.6,
        tokens: [...data.text.matchAll(/"([^"]{2,100})"/g)].map((m) => m[1]!),
        pods: podNames(views),
        recommendations: [advise(`Correct ${field}`, `The runtime says: ${data.text.slice(0, 200)}`)],
      }
    }),
}

/** The element of command or args that the runtime could not execute. */
function commandField(spec: any, program: string | undefined): string {
  const at = (spec.command ?? []).findIndex((word: string) => word === program)
  if (at >= 0) return `command[${at}]`
  if ((spec.command ?? []).length > 0) return 'command[0]'
  const arg = (spec.args ?? []).findIndex((word: string) => word === program)
  return arg >= 0 ? `args[${arg}]` : 'command'
}
