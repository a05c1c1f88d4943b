import type { Alert } from '../../control-plane/alert.ts'
import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Behaviour } from '../../control-plane/kubelet/behaviours.ts'

/** What CoreDNS of the base says when it starts. */
export const corednsAtWork: Behaviour = {
  pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  logs: [
    {
      after: 0.4,
      text: '.:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568',
    },
  ],
}

export const rule = (name: string, startsAt: string, labels: Record<string, string>, summary: string, description: string, expr: string): Alert =>
  ownRule(name, { startsAt, labels, summary, description, expr })
