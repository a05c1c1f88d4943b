import { refOf } from '#cluster'
import { containerField, podSpecOf } from '../../snapshot/field-path.ts'
import { logRule, placeOf } from './log-rule.ts'
import { settingOfThing } from '../../snapshot/noun-settings.ts'
import { malformed, onlyQuoted } from '../../snapshot/quoted-settings.ts'
import { mismatched } from './mismatch.ts'
import { after } from './log-lines.ts'

export const portInUse = logRule(
  'port-in-use',
  {
    title: 'A port is already in use',
    means: 'Two processes in one pod, or on one node with hostNetwork or hostPort, want the same port.',
    mend: 'Give one of them another port.',
  },
  ({ hit, group, settings, field }) => {
    const port = [...hit.line.matchAll(/[:\s(](\d{2,5})\b/g)].map((m) => m[1]!).findLast((p) => Number(p) <= 65_535)
    const object = refOf(group.workload)
    const says = `port ${port ?? ''} is already in use`.replace('  ', ' ')
    const setting = settings.find((s) => s.origin !== 'file' && port !== undefined && new RegExp(`(^|\\D)${port}(\\D|$)`).test(s.value))
    const others = (podSpecOf(group.workload)?.containers ?? []).filter((c: any) => c.name !== group.container)
    const other = others.find((c: any) => (c.ports ?? []).some((p: any) => String(p.containerPort) === port))
    const alternatives = other
      ? [
          {
            object,
            field: containerField(group.workload, other.name, `ports[containerPort=${port}]`),
            summary: `Container ${other.name} of the same pod has port ${port}`,
          },
        ]
      : []
    if (setting) return { says, cause: placeOf(setting), directness: 0.85, alternatives }
    const hostNetwork = podSpecOf(group.workload)?.hostNetwork === true
    return {
      says,
      cause: {
        object,
        field: hostNetwork
          ? containerField(group.workload, group.container, 'ports').replace(/containers\[.*$/, 'hostNetwork')
          : field('ports'),
      },
      directness: 0.7,
      alternatives,
    }
  },
)

export const programOutOfMemory = logRule(
  'program-out-of-memory',
  {
    title: 'A program runs out of its own memory',
    means: 'The heap that the program allows itself (or its container allows it) is too small for its work.',
    mend: 'Raise the heap size or the memory limit; look for a leak if it grows without bound.',
  },
  ({ group, settings, field }) => {
    const heap = settings.find((s) =>
      /-Xmx\S+|max-old-space-size|MaxRAMPercentage|GOMEMLIMIT|-XX:Max(?:Metaspace|DirectMemory)Size/.test(`${s.name} ${s.value}`),
    )
    const says = 'it is out of memory'
    if (heap)
      return {
        says,
        cause: placeOf(heap),
        directness: 0.8,
        alternatives: [
          { object: refOf(group.workload), field: field('resources.limits.memory'), summary: 'The memory limit is too small' },
        ],
      }
    return { says, cause: { object: refOf(group.workload), field: field('resources.limits.memory') }, directness: 0.7 }
  },
)

export const programPanic = logRule(
  'program-panic',
  {
    title: 'A program ends with an unhandled error',
    means:
      'A panic, an exception that nothing caught, or a fault of memory: mostly a defect of the program, or something it did not expect.',
    mend: 'Read the trace; go back to the version that worked.',
  },
  (context) => {
    const { hit, group, field, settings, settingWith, settingSaid } = context
    const message = (hit.groups['message'] ?? hit.line).trim().slice(0, 200)
    const quoted = [...hit.line.matchAll(/["'`]([^"'`\s]{3,120})["'`]/g)].map((m) => settingWith(m[1])).find((s) => s !== undefined)
    if (quoted) return { says: message, cause: placeOf(quoted), directness: 0.75 }
    const exactly = malformed(settings, hit.line) ?? onlyQuoted(settings, hit.line)
    if (exactly) return { says: message, cause: placeOf(exactly), directness: 0.74 }
    const unlike = mismatched(context)
    if (unlike) return unlike
    const said = settingSaid(message)
    if (said) return { says: message, cause: placeOf(said), directness: 0.7 }
    const thing = settingOfThing(settings, hit.line)
    if (thing) return { says: message, cause: placeOf(thing), directness: 0.66 }
    const near = settingSaid(after(hit))
    if (near) return { says: message, cause: placeOf(near), directness: 0.62, open: true }
    return { says: message, cause: { object: refOf(group.workload), field: field('image') }, directness: 0.35, open: true }
  },
)
