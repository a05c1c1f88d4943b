import { waiting } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a volume names an NFS export that the server does not have',
  now: '2026-06-01T03:03:03Z',
  steps: [{ at: '-1h36m', apply: ['10-archive.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'broadcast' },
      mount: {
        volume: 'archive',
        message: `MountVolume.SetUp failed for volume "media-archive" : mount failed: exit status 32
Mounting command: mount
Mounting arguments: -t nfs nas01.studio.example:/export/archiv /var/lib/kubelet/pods/5d0fb4a7-2c0c-4d57-9f0e-7d5a2c1b9e33/volumes/kubernetes.io~nfs/media-archive
Output: mount.nfs: mounting nas01.studio.example:/export/archiv failed, reason given by server: No such file or directory`,
      },
    },
  ],
  alert: waiting('broadcast', 'playout-', 'playout', 'ContainerCreating', '-34m'),
}
