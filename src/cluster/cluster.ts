/**
 * The face of the room: eyes on a cluster. A live one and a recorded one look alike to whoever reads (reader.ts is the contract), and a
 * recorded one can be served to kubectl as if it were live.
 */
export {
  groupOf,
  refOf,
  ReadError,
  type ClusterReader,
  type KubeMeta,
  type KubeObject,
  type ListOptions,
  type LogRequest,
  type ResourceInfo,
  type ResourceType,
} from './reader.ts'
export { builtin, findResource, resourceOf, RESOURCES } from './resources.ts'
export { targetRef } from './target-ref.ts'
export { openBundle, type BundleReader } from './bundle/open.ts'
export { recordBundle, type Recording, type RecordOptions } from './bundle/record.ts'
export { serveBundle, type ServedBundle } from './bundle-api/server.ts'
export { openLiveCluster, type LiveReader } from './live/open.ts'
export { openClusterClient, type ClusterClient } from './live/client.ts'
export { keyOf, type Watch, type WatchOptions, type WatchTrouble } from './live/watch.ts'
export { openWatcher, type Watcher } from './live/watcher.ts'
export { FIELD_MANAGER, type ClusterWriter, type ObjectIdentity } from './live/writer.ts'
export { isMissingRight, openJobs, type Jobs } from './live/jobs.ts'
export type { LogPiece } from './live/follow-log.ts'
export { openIdentities, type Identities, type IdentityProblem } from './live/identity.ts'
export { AUDIENCE, openReviews, type KubeUser, type Reviews } from './live/reviews.ts'
export { openVisitor, type Visitor } from './live/visitor.ts'
export type { Series } from './prometheus/answer.ts'
export { withinNamespace } from './prometheus/within-namespace.ts'
export { createPrometheus, type Moment, type Prometheus, type PrometheusAuth, type PrometheusOptions } from './prometheus/prometheus.ts'
