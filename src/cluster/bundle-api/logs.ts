import type { KubeObject } from '../reader.ts'
import type { BundleReader } from '../bundle/open.ts'
import { badRequest, notFound } from './status.ts'

/** A whole log is at most this long; of a longer one the end is given. */
const WHOLE_LOG_BYTES = 10 << 20

/**
 * `GET …/pods/<name>/log`. Refusals are worded as the API server's and the kubelet's, which people search for. Times were not recorded with the
 * lines, so `timestamps` adds none, and `sinceTime`/`sinceSeconds` act only on lines that begin with a time of their own.
 */
export async function podLog(reader: BundleReader, pod: KubeObject, query: URLSearchParams): Promise<string> {
  const container = chooseContainer(pod, query.get('container') ?? '')
  const previous = isTrue(query.get('previous'))
  const tailLines = numberIn(query, 'tailLines') ?? Number.MAX_SAFE_INTEGER
  const { name, namespace = '' } = pod.metadata
  const text = await reader.logs({ namespace, pod: name, container, previous, tailLines, limitBytes: WHOLE_LOG_BYTES })
  if (text === null) throw absence(pod, container, previous, reader.title)
  const recent = after(text, await sinceOf(query, reader))
  const limit = numberIn(query, 'limitBytes')
  return limit === null ? recent : Buffer.from(recent).subarray(0, limit).toString()
}

const isTrue = (text: string | null): boolean => text === 'true' || text === '1'

function numberIn(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null || text === '') return null
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} must be a number that is not negative, not "${text}"`)
  return Number(text)
}

const names = (containers: any): string[] => (Array.isArray(containers) ? containers.map(({ name }) => name) : [])

function chooseContainer({ metadata, spec }: KubeObject, wanted: string): string {
  const [main, init, debug] = [names(spec?.containers), names(spec?.initContainers), names(spec?.ephemeralContainers)]
  if (wanted === '') {
    if (main.length === 1 && init.length === 0) return main[0]!
    const others = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''
    throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${main.join(' ')}]${others}`)
  }
  if (![...main, ...init, ...debug].includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`)
  return wanted
}

function absence({ metadata, status }: KubeObject, container: string, previous: boolean, title: string): Error {
  const all = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ]
  const state = all.find((one: any) => one.name === container)
  const where = `container "${container}" in pod "${metadata.name}"`
  if (previous && !state?.lastState?.terminated) return badRequest(`previous terminated ${where} not found`)
  const waiting = state?.state?.waiting?.reason
  if (!previous && waiting && !state.lastState?.terminated) {
    return badRequest(`${where} is waiting to start: ${/ImagePull/.test(waiting) ? 'trying and failing to pull image' : waiting}`)
  }
  return notFound(`the ${previous ? 'previous ' : ''}log of ${where} is not recorded in ${title}`)
}

async function sinceOf(query: URLSearchParams, reader: BundleReader): Promise<number | null> {
  const seconds = numberIn(query, 'sinceSeconds')
  if (seconds !== null) return (await reader.now()).getTime() - seconds * 1_000
  const time = Date.parse(query.get('sinceTime') ?? '')
  return Number.isNaN(time) ? null : time
}

const LEADING_TIME = /^[[("]?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d))/

/** From the first line whose own time is not before `since`; everything when no line has a time. */
function after(text: string, since: number | null): string {
  if (since === null) return text
  const lines = text.split('\n')
  let timed = false
  const start = lines.findIndex((line) => {
    const time = Date.parse(LEADING_TIME.exec(line)?.[1]?.replace(',', '.') ?? '')
    timed ||= !Number.isNaN(time)
    return time >= since
  })
  if (start >= 0) return lines.slice(start).join('\n')
  return timed ? '' : text
}
