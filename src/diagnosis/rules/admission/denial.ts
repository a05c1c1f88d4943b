import type { KubeObject } from '#cluster'
import { containerField, element, entry, item, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { holdsWord } from '../../snapshot/settings.ts'

/**
 * The field that an admission policy's words mean. Every policy engine words its refusals differently, and most texts are
 * a policy author's own; what they have in common is that they name a path, a field, or the value that they do not like.
 */
export function deniedField(workload: KubeObject, text: string): string | null {
  return byPath(workload, text) ?? byName(workload, text) ?? metadataWanted(workload, text) ?? byValue(workload, text)
}

/** A policy that wants a label or an annotation: `you must provide labels: {"owner"}`. */
function metadataWanted(workload: KubeObject, text: string): string | null {
  const [, which] =
    /\b(label|annotation)s?\b.{0,60}(?:require|must|missing|provide|need|not found|not set)|(?:require|must|missing|provide|need).{0,60}\b(?:label|annotation)s?\b/i.exec(
      text,
    ) ?? []
  const word = which ?? /\b(label|annotation)/i.exec(text)?.[1]
  if (!word || !/require|must|missing|provide|need|not found|not set/i.test(text)) return null
  return podField(workload, '').replace(/spec\.$/, `metadata.${word.toLowerCase()}s`)
}

/** `spec.containers[0].image`, or Kyverno's `/spec/containers/0/image/`. */
function byPath(workload: KubeObject, text: string): string | null {
  const [pointer] = /\/spec\/[\w./-]+/.exec(text) ?? []
  const dotted = pointer
    ? pointer
        .slice(1)
        .replace(/\/$/, '')
        .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
        .replaceAll('/', '.')
    : /\bspec\.[\w.[\]=/-]+/.exec(text)?.[0]
  if (!dotted) return null
  const rest = dotted.replace(/\.$/, '').replace(/^spec\.(?:jobTemplate\.spec\.)?(?:template\.spec\.)?/, '')
  const [, list, index, leaf = ''] = /^(containers|initContainers)\[(\d+)\]\.?(.*)$/.exec(rest) ?? []
  const name = list && podSpecOf(workload)?.[list]?.[Number(index)]?.name
  return name ? containerField(workload, name, leaf) : podField(workload, rest)
}

const OF_CONTAINER =
  /\b(?:resources\.(?:limits|requests)(?:\.[\w-]+)?|securityContext\.\w+(?:\.\w+)?|imagePullPolicy|(?:liveness|readiness|startup)Probe)\b/
const OF_POD = /\b(?:hostNetwork|hostPID|hostIPC|automountServiceAccountToken|serviceAccountName|priorityClassName|runtimeClassName)\b/

/** The name of a field; of the containers the one that is named, else the first that lacks it. */
function byName(workload: KubeObject, text: string): string | null {
  const ofPod = OF_POD.exec(text)?.[0]
  const name = OF_CONTAINER.exec(text)?.[0]
  if (!name) return ofPod ? podField(workload, ofPod) : null
  const containers: any[] = podSpecOf(workload)?.containers ?? []
  const lacks = (c: any): boolean => name.split('.').reduce((at: any, part) => at?.[part], c) === undefined
  const meant = containers.find((c) => new RegExp(`["'\`<]${c.name}["'\`>]`).test(text)) ?? containers.find(lacks) ?? containers[0]
  return meant ? containerField(workload, meant.name, name) : null
}

const MIN_VALUE = 4

/** The longest value of the pod's spec, or of its labels, that the text quotes. */
function byValue(workload: KubeObject, text: string): string | null {
  const leaves = leavesOf(podSpecOf(workload), podField(workload, '').replace(/\.$/, '')).filter(
    ({ path, value }) => value.length >= MIN_VALUE && !/\.name$|Policy$|terminationMessagePath$/.test(path) && holdsWord(text, value),
  )
  return leaves.sort((a, b) => b.value.length - a.value.length || (a.path < b.path ? -1 : 1))[0]?.path ?? null
}

function leavesOf(value: any, path: string): { path: string; value: string }[] {
  if (Array.isArray(value))
    return value.flatMap((one, i) => leavesOf(one, typeof one?.name === 'string' ? item(path, 'name', one.name) : element(path, i)))
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, one]) => leavesOf(one, entry(path, key)))
  return typeof value === 'string' ? [{ path, value }] : []
}
