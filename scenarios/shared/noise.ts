import type { Behaviour } from '../../control-plane/kubelet/behaviours.ts'

/** What the platform's own programs say on any day. */
export const platformAtWork: Behaviour[] = [
  {
    pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    logs: [
      {
        after: 0.3,
        text: '.:53\n[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568',
      },
    ],
  },
  {
    pods: { namespace: 'observability', labels: { 'app.kubernetes.io/name': 'kube-state-metrics' } },
    logs: [
      {
        after: 0.2,
        text: 'I{klog}       1 wrapper.go:120] "Starting kube-state-metrics"\nI{klog}       1 server.go:217] "Used all resource types" resources="pods, nodes, deployments, statefulsets"',
      },
      { after: 0.6, text: 'I{klog}       1 server.go:72] level=info msg="Listening on" address=[::]:8080' },
    ],
  },
  {
    pods: { namespace: 'observability', labels: { app: 'vmsingle' } },
    logs: [
      {
        after: 60,
        every: 1800,
        text: '{time}\tinfo\tVictoriaMetrics/lib/storage/partition.go:233\tfinished background merge of small parts in 1.{ms} seconds',
      },
    ],
  },
]
