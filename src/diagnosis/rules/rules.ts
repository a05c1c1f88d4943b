import { imagePull } from './start/image-pull.ts'
import { configMissing } from './start/config-missing.ts'
import { containerStart } from './start/container-start.ts'
import { crashLoop } from './run/crash-loop.ts'
import { oomKilled } from './run/oom-killed.ts'
import { probeFailing } from './run/probe-failing.ts'
import { rolloutStuck } from './controllers/rollout-stuck.ts'
import { rbacDenied } from './logs/log-access.ts'
import { privilegeMissing } from './logs/log-privilege.ts'
import { quorumLost } from './logs/log-quorum.ts'
import { dataVersion, lockHeld, readOnlyServer } from './logs/log-server-state.ts'
import { cannotConnect } from './logs/log-connect.ts'
import { nameNotResolved } from './logs/log-names.ts'
import { authenticationFailed } from './logs/log-credentials.ts'
import { certificateInvalid } from './logs/log-certificates.ts'
import { imageUnfit } from './logs/log-image.ts'
import { licenceInvalid } from './logs/log-licence.ts'
import { versionsApart } from './logs/log-versions.ts'
import { storageBroken } from './logs/log-storage.ts'
import { diskFull } from './logs/log-disk.ts'
import { fileMissing } from './logs/log-files.ts'
import { permissionDenied } from './logs/log-permissions.ts'
import { folderNotEmpty } from './logs/log-folder.ts'
import { databaseSchema } from './logs/log-schema.ts'
import { portInUse, programOutOfMemory, programPanic } from './logs/log-limits.ts'
import { limitReached } from './logs/log-limit-reached.ts'
import { settingLimit } from './logs/log-setting-limit.ts'
import { programErrors } from './logs/log-errors.ts'
import { configInvalid } from './logs/log-config.ts'
import { badArgument, commandNotFound, variableMissing } from './logs/log-settings.ts'
import { quotaExceeded } from './admission/quota-exceeded.ts'
import { limitRange, podInvalid, podSecurity, serviceAccountMissing } from './admission/pod-refused.ts'
import { webhookRefused } from './admission/webhook-refused.ts'
import { schedulingGated, unschedulable } from './scheduling/unschedulable.ts'
import { claimPending } from './scheduling/claim-pending.ts'
import { claimResize } from './scheduling/claim-resize.ts'
import { mountFailed } from './start/mount-failed.ts'
import { initWaiting } from './start/init-waiting.ts'
import { cpuThrottled, memoryNearLimit } from './metrics/metric-containers.ts'
import { networkErrors, nodeCpuSaturated, nodeFilesystemFull } from './metrics/metric-nodes.ts'
import { volumeFilling } from './metrics/metric-volumes.ts'
import { pluginPolicy } from './services/plugin-policy.ts'
import { networkPolicy } from './services/network-policy.ts'
import { serviceEndpoints } from './services/service-endpoints.ts'
import { servicePort } from './services/service-port.ts'
import { listensElsewhere } from './run/listens-elsewhere.ts'
import { serviceProtocol } from './services/service-protocol.ts'
import { serviceMixed } from './services/service-mixed.ts'
import { serviceEdited } from './services/service-edited.ts'
import { podRejected } from './admission/pod-rejected.ts'
import { serviceLocalTraffic } from './services/service-local-traffic.ts'
import { ingressBackend } from './services/ingress-backend.ts'
import { ingressRoute } from './services/ingress-route.ts'
import { entryDns } from './services/entry-dns.ts'
import { entryRefuses } from './services/entry-refuses.ts'
import { entryChanged } from './services/entry-changed.ts'
import { scaledToZero } from './controllers/replicas.ts'
import { hpaCannotScale } from './controllers/scaling.ts'
import { scalerLimit } from './controllers/scaler-limit.ts'
import { hpaFlapping } from './controllers/hpa-flapping.ts'
import { updateHeld } from './controllers/update-held.ts'
import { daemonSetPlacement } from './controllers/daemonset-placement.ts'
import { jobFailed } from './run/job-failed.ts'
import { runLog } from './logs/run-log.ts'
import { cronJobReplaced } from './run/cronjob-replaced.ts'
import { jobEndless } from './run/job-endless.ts'
import { cronJobSchedule } from './run/cronjob-schedule.ts'
import { evicted } from './run/evicted.ts'
import { gatewayRoute } from './services/gateway-route.ts'
import { gateway } from './services/gateway.ts'
import { meshFault } from './services/mesh-fault.ts'
import { meshRouting } from './services/mesh-routing.ts'
import { gatewayAttach } from './services/gateway-attach.ts'
import { apiService } from './admission/api-service.ts'
import { webhookLines } from './admission/webhook-lines.ts'
import { conversionWebhook } from './admission/conversion-webhook.ts'
import { nodeNotReady } from './nodes/node-trouble.ts'
import { nodePressure } from './nodes/node-pressure.ts'
import { controllersBehind } from './controllers/controllers-behind.ts'
import { etcdSlow } from './nodes/etcd-slow.ts'
import { etcdTrouble } from './nodes/etcd-trouble.ts'
import { addressAnnounced } from './services/address-announced.ts'
import { loadBalancer } from './services/load-balancer.ts'
import { versionSkew } from './nodes/version-skew.ts'
import { stuckTerminating } from './controllers/stuck-terminating.ts'
import { endingSlowly } from './controllers/ending-slowly.ts'
import { podsTaken } from './run/pods-taken.ts'
import { quotaFull } from './admission/quota-full.ts'
import { quotaRefused } from './admission/quota-refused.ts'
import { policyDenied } from './admission/policy-denied.ts'
import { budgetsOverlap } from './controllers/budgets-overlap.ts'
import { disruptionBudget } from './controllers/disruption-budget.ts'
import { customUnwell } from './customs/custom-unwell.ts'
import { rightsLacking } from './admission/rights-lacking.ts'
import { readyTooLate } from './controllers/ready-too-late.ts'
import { orderedStart } from './controllers/ordered-start.ts'
import { nodeUnserved } from './nodes/node-unserved.ts'
import { nodeProvisioner } from './nodes/node-provisioner.ts'
import { agentAbsent } from './controllers/agent-absent.ts'
import { nodeFlapping } from './nodes/node-flapping.ts'
import { nodeKernel } from './nodes/node-kernel.ts'
import { nodeHog } from './nodes/node-hog.ts'
import { lastChange } from './alerts/last-change.ts'
import { kindUnknown } from './admission/kind-unknown.ts'
import { tokenUnmounted } from './start/token-unmounted.ts'
import { customDangling } from './customs/custom-dangling.ts'
import { customLimit } from './customs/custom-limit.ts'
import { throttledByAlert } from './alerts/throttled-by-alert.ts'
import { customHeld } from './customs/custom-held.ts'
import { operatorLog } from './customs/operator-log.ts'
import { customUnheeded } from './customs/custom-unheeded.ts'
import { readinessGate } from './scheduling/readiness-gate.ts'
import { monitorUnfit } from './metrics/monitor-unfit.ts'
import { targetLoopback } from './metrics/target-loopback.ts'
import { warningEvents } from './run/warning-events.ts'
import { alertMeasures } from './alerts/alert-measures.ts'
import { alertWords } from './alerts/alert-words.ts'
import type { Rule } from './rule.ts'

/** Every rule, in the order in which a pod goes through what they look at. */
export const rules: readonly Rule[] = [
  quotaExceeded,
  quotaFull,
  quotaRefused,
  limitRange,
  podSecurity,
  serviceAccountMissing,
  podInvalid,
  webhookRefused,
  policyDenied,
  unschedulable,
  schedulingGated,
  claimPending,
  claimResize,
  mountFailed,
  imagePull,
  configMissing,
  containerStart,
  podRejected,
  initWaiting,
  crashLoop,
  oomKilled,
  badArgument,
  imageUnfit,
  variableMissing,
  configInvalid,
  nameNotResolved,
  cannotConnect,
  networkPolicy,
  pluginPolicy,
  authenticationFailed,
  privilegeMissing,
  readOnlyServer,
  lockHeld,
  quorumLost,
  dataVersion,
  rbacDenied,
  certificateInvalid,
  licenceInvalid,
  versionsApart,
  portInUse,
  diskFull,
  storageBroken,
  permissionDenied,
  fileMissing,
  folderNotEmpty,
  commandNotFound,
  databaseSchema,
  limitReached,
  programOutOfMemory,
  programPanic,
  settingLimit,
  programErrors,
  probeFailing,
  readinessGate,
  rolloutStuck,
  readyTooLate,
  orderedStart,
  updateHeld,
  daemonSetPlacement,
  scaledToZero,
  hpaCannotScale,
  scalerLimit,
  hpaFlapping,
  disruptionBudget,
  budgetsOverlap,
  jobFailed,
  jobEndless,
  cronJobSchedule,
  cronJobReplaced,
  runLog,
  evicted,
  podsTaken,
  serviceEndpoints,
  servicePort,
  listensElsewhere,
  serviceProtocol,
  serviceMixed,
  serviceLocalTraffic,
  serviceEdited,
  ingressBackend,
  ingressRoute,
  entryRefuses,
  entryDns,
  entryChanged,
  gatewayRoute,
  gateway,
  gatewayAttach,
  meshRouting,
  meshFault,
  apiService,
  conversionWebhook,
  webhookLines,
  cpuThrottled,
  throttledByAlert,
  memoryNearLimit,
  volumeFilling,
  nodeCpuSaturated,
  nodeFilesystemFull,
  networkErrors,
  nodeNotReady,
  nodePressure,
  nodeKernel,
  nodeHog,
  nodeFlapping,
  nodeProvisioner,
  nodeUnserved,
  agentAbsent,
  versionSkew,
  controllersBehind,
  etcdTrouble,
  etcdSlow,
  loadBalancer,
  addressAnnounced,
  stuckTerminating,
  endingSlowly,
  customUnwell,
  customDangling,
  customUnheeded,
  customHeld,
  customLimit,
  operatorLog,
  rightsLacking,
  kindUnknown,
  tokenUnmounted,
  monitorUnfit,
  targetLoopback,
  warningEvents,
  alertWords,
  alertMeasures,
  lastChange,
]
