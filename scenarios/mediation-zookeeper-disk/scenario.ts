import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const NODES = ['med-w01', 'med-w02', 'med-w03', 'med-w04', 'med-w05']
const zk = (level: string, thread: string, logger: string, text: string) => `{log4j} [myid:] - ${level} [${thread}:${logger}] - ${text}`
const FULL = '-6h12m'
const isThird = { namespace: 'mediation', name: 'zookeeper-2' }

export const scenario: Scenario = {
  title: 'a drain waits for the disruption budget of a ZooKeeper whose third member has a full disk',
  now: '2026-09-29T20:41:00Z',
  nodes: NODES.map((name, i) => ({
    name,
    ip: `10.60.8.${11 + i}`,
    ...(i < 3 ? { taints: [{ key: 'state', value: 'local-lv', effect: 'NoSchedule' }] } : {}),
  })),
  steps: [
    { at: '-91d', apply: ['shared/watchers.yaml', '10-mediation.yaml'] },
    {
      at: '-1h34m',
      manager: 'kubectl-drain',
      patch: [{ apiVersion: 'v1', kind: 'Node', name: 'med-w01', patch: { spec: { unschedulable: true } } }],
    },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'mediation', labels: { app: 'zookeeper' } },
      logs: [
        {
          after: 0.8,
          text: `${zk('INFO', 'main', 'o.a.z.s.q.QuorumPeerConfig@177', 'Reading configuration from: /conf/zoo.cfg')}\n${zk('INFO', 'main', 'o.a.z.s.DatadirCleanupManager@78', 'autopurge.snapRetainCount set to 3')}\n${zk('INFO', 'main', 'o.a.z.s.DatadirCleanupManager@79', 'autopurge.purgeInterval set to 0')}\n${zk('INFO', 'main', 'o.a.z.s.DatadirCleanupManager@101', 'Purge task is not scheduled.')}`,
        },
        {
          after: 1.6,
          text: zk('INFO', 'main', 'o.a.z.s.p.FileSnap@85', 'Reading snapshot /var/lib/zookeeper/data/version-2/snapshot.5a00f3c11b'),
        },
      ],
    },
    {
      pods: isThird,
      since: FULL,
      exits: { code: 10, after: 7.4 },
      probes: { readiness: { refused: true }, liveness: { refused: true } },
      logs: [
        {
          after: 7,
          text: `${zk('INFO', 'QuorumPeer[myid=3](plain=[0:0:0:0:0:0:0:0]:2181)(secure=disabled)', 'o.a.z.s.p.FileTxnSnapLog@479', 'Snapshotting: 0x5a00f3c9d2 to /var/lib/zookeeper/data/version-2/snapshot.5a00f3c9d2')}\n${zk('ERROR', 'QuorumPeer[myid=3](plain=[0:0:0:0:0:0:0:0]:2181)(secure=disabled)', 'o.a.z.s.ZooKeeperServer@541', 'Severe unrecoverable error, exiting')}\njava.io.IOException: No space left on device\n\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)\n\tat java.base/java.io.FileOutputStream.write(Unknown Source)\n\tat java.base/java.util.zip.CheckedOutputStream.write(Unknown Source)\n\tat java.base/java.io.BufferedOutputStream.flushBuffer(Unknown Source)\n\tat org.apache.zookeeper.server.persistence.FileSnap.serialize(FileSnap.java:239)\n\tat org.apache.zookeeper.server.persistence.FileTxnSnapLog.save(FileTxnSnapLog.java:481)\n\tat org.apache.zookeeper.server.ZooKeeperServer.takeSnapshot(ZooKeeperServer.java:536)\n\tat org.apache.zookeeper.server.quorum.Learner.syncWithLeader(Learner.java:777)\n\tat org.apache.zookeeper.server.quorum.Follower.followLeader(Follower.java:102)`,
        },
        {
          after: 7.2,
          text: `{log4j} [myid:] - ERROR [QuorumPeer[myid=3](plain=[0:0:0:0:0:0:0:0]:2181)(secure=disabled):o.a.z.u.ServiceUtils@48] - Exiting JVM with code 10`,
        },
      ],
    },
    {
      pods: { namespace: 'mediation', labels: { app: 'zookeeper' }, where: (pod) => pod.metadata.name !== 'zookeeper-2' },
      since: FULL,
      logs: [
        {
          after: 40,
          every: 310,
          text: '{log4j} [myid:] - WARN  [QuorumConnectionThread-[myid=1]-3:o.a.z.s.q.QuorumCnxManager@401] - Cannot open channel to 3 at election address zookeeper-2.zookeeper-headless/{ip:mediation/zookeeper-2}:3888\njava.net.ConnectException: Connection refused',
        },
        {
          after: 15,
          every: 240,
          text: '{log4j} [myid:] - INFO  [NIOWorkerThread-2:o.a.z.s.ZooKeeperServer@1111] - Client attempting to establish new session at /{ip:mediation/cdr-collector}:{port}',
        },
      ],
    },
    {
      pods: { namespace: 'mediation', labels: { app: 'cdr-collector' } },
      logs: [{ after: 14, every: 60, text: '{time} INFO  c.t.m.CdrCollector - file set {n} closed, {ms}{ms} records' }],
    },
  ],
  alert: ownRule('NodePatchingStuck', {
    startsAt: '-34m',
    labels: { node: 'med-w01', stage: 'drain', severity: 'warning', team: 'core-platform' },
    summary: 'A node has been draining for more than an hour.',
    description:
      "med-w01 has been cordoned for patching since 19:07 UTC and its drain has not finished: Cannot evict pod as it would violate the pod's disruption budget.",
    expr: 'time() - max by (node) (patching_stage_started_seconds{stage="drain"}) > 3600',
  }),
}
