import { waiting } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const PATH = '/var/lib/kubelet/pods/b1f0a7c2-52f2-4a0e-9d5e-1c8ad7c0e5a1/volume-subpaths/vcl/varnish/0'

export const scenario: Scenario = {
  title: 'a subPath names a key that the ConfigMap does not have: the kubelet makes a folder of it, which cannot be mounted onto a file',
  now: '2026-07-30T09:09:09Z',
  steps: [{ at: '-1h51m40s', apply: ['10-cdn.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'edge-cache' } },
      runtime: {
        reason: 'RunContainerError',
        message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "${PATH}" to rootfs at "/etc/varnish/default.vcl": mount src=${PATH}, dst=/etc/varnish/default.vcl, dstFd=/proc/thread-self/fd/11, flags=MS_BIND|MS_REC: not a directory: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`,
      },
    },
  ],
  alert: waiting('cdn', 'edge-cache-', 'varnish', 'RunContainerError', '-49m'),
}
