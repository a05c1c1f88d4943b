import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const promtail = { namespace: 'logging', labels: { 'app.kubernetes.io/name': 'promtail' } }
const onDense = ({ spec }: KubeObject) => spec.nodeName === 'cph-dense-01'
const STANDARD = { labels: { 'pool.datacenter.example/name': 'standard' } }

export const scenario: Scenario = {
  title: 'nobody raised the inotify limits of a new node pool',
  now: '2026-02-11T14:05:50Z',
  nodes: [
    { name: 'cph-std-01', ip: '10.150.1.11', ...STANDARD },
    { name: 'cph-std-02', ip: '10.150.1.12', ...STANDARD },
    { name: 'cph-std-03', ip: '10.150.1.13', ...STANDARD },
    { name: 'cph-dense-01', ip: '10.150.2.11', cpu: '32', memory: '131691520Ki', labels: { 'pool.datacenter.example/name': 'dense' }, joined: '-2h20m' },
  ],
  steps: [
    { at: '-91d', apply: ['shared/observability.yaml', '10-node.yaml'], manager: 'helm' },
    { at: '-1h58m', apply: ['20-sites.yaml'], manager: 'argocd-controller' },
  ],
  behaviours: [
    ...around,
    { pods: { ...promtail, where: onDense }, since: '-1h50m', exits: { code: 1, after: 1.1 } },
    { pods: { ...promtail, where: onDense }, since: '-1h50m', logs: [{ after: 0.9, text: 'level=error ts={time} caller=main.go:170 msg="error creating promtail" error="failed to make file target manager: too many open files"' }] },
    { pods: promtail, logs: [{ after: 0.3, text: 'level=info ts={time} caller=promtail.go:133 msg="Reloading configuration file" md5sum=3c1ab5f03c4b4d6cb7a0d0c6d3f4bd1e' }] },
    {
      pods: { ...promtail, where: (pod) => !onDense(pod) },
      logs: [
        { after: 0.6, text: 'level=info ts={time} caller=server.go:351 msg="server listening on addresses" http=[::]:3101 grpc=[::]:9095' },
        { after: 0.7, text: 'level=info ts={time} caller=main.go:173 msg="Starting Promtail" version="(version=3.5.1, branch=release-3.5.x, revision=d3b7a0f2)"' },
        { after: 300, every: 2900, text: 'level=info ts={time} caller=filetargetmanager.go:372 msg="Adding target" key="/var/log/pods/*{id}*/site/*.log:{app=\\"site-runner\\"}"' },
      ],
    },
    { pods: { namespace: 'kube-system', labels: { app: 'node-tuning' } }, container: 'sysctl', logs: [{ after: 0.1, text: 'fs.inotify.max_user_instances = 8192\nfs.inotify.max_user_watches = 1048576\nvm.max_map_count = 262144' }] },
    { pods: { namespace: 'customer-sites', labels: { app: 'site-admin' } }, exits: { code: 134, after: 0.9 } },
    {
      pods: { namespace: 'customer-sites', labels: { app: 'site-admin' } },
      logs: [
        {
          after: 0.7,
          text: 'Unhandled exception. System.IO.IOException: The configured user limit (128) on the number of inotify instances has been reached, or the per-process limit on the number of open file descriptors has been reached.\n   at System.IO.FileSystemWatcher.StartRaisingEvents()\n   at System.IO.FileSystemWatcher.StartRaisingEventsIfNotDisposed()\n   at Microsoft.Extensions.FileProviders.Physical.PhysicalFilesWatcher.TryEnableFileSystemWatcher()\n   at Microsoft.Extensions.Configuration.FileConfigurationProvider.<.ctor>b__1_0()\n   at Program.<Main>$(String[] args) in /src/Program.cs:line 9',
        },
      ],
    },
    { pods: { namespace: 'customer-sites', labels: { app: 'site-runner' } }, logs: [{ after: 2, text: 'AH00094: Command line: \'httpd -D FOREGROUND\'' }] },
  ],
  alert: kubePrometheus.daemonSetRolloutStuck({ namespace: 'logging', daemonset: 'promtail', startsAt: '-1h31m' }),
}
