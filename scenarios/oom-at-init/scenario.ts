import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a database gets a limit of 10Mi, less than its container needs to begin; the web tier before it is alerted on',
  now: '2026-08-27T07:07:07Z',
  steps: [
    { at: '-50d3h12m8s', apply: ['10-forum.yaml'] },
    {
      at: '-38m55s',
      manager: 'kubectl-patch',
      patch: [setContainer({ kind: 'Deployment', namespace: 'forum', name: 'mariadb' }, 'mariadb', { resources: { limits: { memory: '10Mi' } } })],
    },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'mariadb' }, where: (pod) => pod.spec.containers[0].resources.limits.memory === '10Mi' },
      runtime: {
        reason: 'RunContainerError',
        message:
          'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?)',
      },
    },
    { pods: { labels: { app: 'mariadb' } }, logs: [{ after: 5, text: "{time} 0 [Note] mariadbd: ready for connections.\nVersion: '11.8.3-MariaDB'  socket: '/run/mysqld/mysqld.sock'  port: 3306" }] },
    {
      pods: { labels: { app: 'discourse' } },
      since: '-38m40s',
      probes: { readiness: { status: 500 } },
      logs: [{ after: 1, every: 8, text: "E, [{time} #57] ERROR -- : Trilogy::SyscallError::ECONNREFUSED: Connection refused - trilogy_connect - unable to connect to mariadb:3306" }],
    },
    { pods: { labels: { app: 'discourse' } }, until: '-38m40s', logs: [{ after: 1, every: 30, text: 'I, [{time} #57]  INFO -- : Completed 200 OK in {ms}ms' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'forum', deployment: 'discourse', startsAt: '-23m' }),
}
