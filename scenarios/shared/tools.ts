import type { Json } from '../../control-plane/api.ts'
import type { Behaviour } from '../../control-plane/kubelet/behaviours.ts'

type PodsOf = (namespace: string, namePrefix?: string) => Json[]

/** The name of the first pod, by its name's beginning, that is not ready. */
export const ailing = (podsOf: PodsOf, namespace: string, prefix: string): string => {
  const pods = podsOf(namespace, prefix)
  const isReady = ({ status }: Json) => status.conditions?.some((c: Json) => c.type === 'Ready' && c.status === 'True')
  return (pods.find((pod) => !isReady(pod)) ?? pods[0])?.metadata.name
}

/** What the programs of tools.yaml and the cluster's own DNS write. */
export const toolsAtWork: readonly Behaviour[] = [
  {
    pods: { namespace: 'logging' },
    logs: [
      { after: 1, text: '[{date}.104385120] [ info] [fluent bit] version=4.1.1, commit=, pid=1\n[{date}.104431187] [ info] [storage] ver=1.5.3, type=memory, sync=normal, checksum=off, max_chunks_up=128' },
      { after: 5, text: '[{date}.211870033] [ info] [input:tail:tail.0] initializing\n[{date}.211902446] [ info] [sp] stream processor started' },
      { after: 40, every: 14300, text: '[{date}.418822719] [ info] [input:tail:tail.0] inotify_fs_add(): inode={port} watch_fd={n} name=/var/log/containers/kube-proxy_kube-system_kube-proxy-{id}.log' },
    ],
  },
  {
    pods: { namespace: 'monitoring', name: 'prometheus' },
    logs: [
      { after: 2, text: 'time={time} level=INFO source=main.go:1321 msg="Server is ready to receive web requests."' },
      { after: 60, every: 7200, text: 'time={time} level=INFO source=head.go:1430 msg="Head GC completed" component=tsdb caller=truncateMemory duration={ms}.412716ms' },
    ],
  },
]

/** CoreDNS with the Corefile that the cluster came with. */
export const dnsAtWork: Behaviour = {
  pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  logs: [
    {
      after: 0.4,
      text: 'maxprocs: Leaving GOMAXPROCS=4: CPU quota undefined\n.:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568',
    },
  ],
}
