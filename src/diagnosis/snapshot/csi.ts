import type { KubeObject } from '#cluster'

/** The storage driver that a kubelet misses, as it words it. */
export const missingDriver = (message: string): string | undefined =>
  /driver name (\S+) not found in the list of registered CSI drivers/.exec(message)?.[1] ??
  // Its socket is there no more, or nobody listens at it.
  /\/plugins\/([\w.-]+)\/[\w.-]+\.sock: connect: /.exec(message)?.[1]

/** Whether a DaemonSet brings a driver to the nodes: its name stands in the registrar's arguments and in the path of its socket. */
export function bringsDriver(set: KubeObject, driver: string): boolean {
  const pod = set.spec?.template?.spec ?? {}
  const texts = [
    ...(pod.containers ?? []).flatMap((c: any) => [...(c.args ?? []), ...(c.command ?? []), ...(c.env ?? []).map((e: any) => e.value)]),
    ...(pod.volumes ?? []).map((v: any) => v.hostPath?.path),
  ]
  return texts.some((text) => typeof text === 'string' && text.includes(driver))
}
