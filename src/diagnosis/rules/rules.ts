import { imagePull } from './image-pull.ts'
import { configMissing } from './config-missing.ts'
import { containerStart } from './container-start.ts'
import { crashLoop } from './crash-loop.ts'
import { oomKilled } from './oom-killed.ts'
import { probeFailing } from './probe-failing.ts'
import { rolloutStuck } from './rollout-stuck.ts'
import { rbacDenied } from './log-access.ts'
import { privilegeMissing } from './log-privilege.ts'
import { quorumLost } from './log-quorum.ts'
import { dataVersion, lockHeld, readOnlyServer } from './log-server-state.ts'
import { cannotConnect } from './log-connect.ts'
import { nameNotResolved } from './log-names.ts'
import { authenticationFailed } from './log-credentials.ts'
import { certificateInvalid } from './log-certificates.ts'
import { imageUnfit } from './log-image.ts'
import { licenceInvalid } from './log-licence.ts'
import { versionsApart } from './log-versions.ts'
import { storageBroken } from './log-storage.ts'
import { diskFull } from './log-disk.ts'
import { fileMissing } from './log-files.ts'
import { permissionDenied } from './log-permissions.ts'
import { folderNotEmpty } from './log-folder.ts'
import { databaseSchema } from './log-schema.ts'
import { portInUse, programOutOfMemory, programPanic } from './log-limits.ts'
import { limitReached } from './log-limit-reached.ts'
import { settingLimit } from './log-setting-limit.ts'
import { programErrors } from './log-errors.ts'
import { configInvalid } from './log-config.ts'
import { badArgument, commandNotFound, variableMissing } from './log-settings.ts'
import { quotaExceeded } from './quota-exceeded.ts'
import { limitRange, podInvalid, podSecurity, serviceAccountMissing } from './pod-refused.ts'
import { webhookRefused } from './webhook-refused.ts'
import { schedulingGated, unschedulable } from './unschedulable.ts'
import { claimPending } from './claim-pending.ts'
import { claimResize } from './claim-resize.ts'
import { mountFailed } from './mount-failed.ts'
import { initWaiting } from './init-waiting.ts'
import { cpuThrottled, memoryNearLimit } from './metric-containers.ts'
import { networkErrors, nodeCpuSaturated, nodeFilesystemFull } from './metric-nodes.ts'
import { volumeFilling } from './metric-volumes.ts'
import { pluginPolicy } from './plugin-policy.ts'
import { networkPolicy } from './network-policy.ts'
import { serviceEndpoints } from './service-endpoints.ts'
import { servicePort } from './service-port.ts'
import { listensElsewhere } from './listens-elsewhere.ts'
import { serviceProtocol } from './service-protocol.ts'
import { serviceMixed } from './service-mixed.ts'
import { serviceEdited } from './service-edited.ts'
import { podRejected } from './pod-rejected.ts'
import { serviceLocalTraffic } from './service-local-traffic.ts'
import { ingressBackend } from './ingress-backend.ts'
import { ingressRoute } from './ingress-route.ts'
import { entryDns } from './entry-dns.ts'
import { entryRefuses } from './entry-refuses.ts'
import { entryChanged } from './entry-changed.ts'
import { scaledToZero } from './replicas.ts'
import { hpaCannotScale } from './scaling.ts'
import { scalerLimit } from './scaler-limit.ts'
import { hpaFlapping } from './hpa-flapping.ts'
import { updateHeld } from './update-held.ts'
import { daemonSetPlacement } from './daemonset-placement.ts'
import { jobFailed } from './job-failed.ts'
import { runLog } from './run-log.ts'
import { cronJobReplaced } from './cronjob-replaced.ts'
import { jobEndless } from './job-endless.ts'
import { cronJobSchedule } from './cronjob-schedule.ts'
import { evicted } from './evicted.ts'
import { gatewayRoute } from './gateway-route.ts'
import { gateway } from './gateway.ts'
import { meshFault } from './mesh-fault.ts'
import { meshRouting } from './mesh-routing.ts'
import { gatewayAttach } from './gateway-attach.ts'
import { apiService } from './api-service.ts'
import { webhookLines } from './webhook-lines.ts'
import { conversionWebhook } from './conversion-webhook.ts'
import { nodeNotReady } from './node-trouble.ts'
import { nodePressure } from './node-pressure.ts'
import { controllersBehind } from './controllers-behind.ts'
import { etcdSlow } from './etcd-slow.ts'
import { etcdTrouble } from './etcd-trouble.ts'
import { addressAnnounced } from './address-announced.ts'
import { loadBalancer } from './load-balancer.ts'
import { versionSkew } from './version-skew.ts'
import { stuckTerminating } from './stuck-terminating.ts'
import { endingSlowly } from './ending-slowly.ts'
import { podsTaken } from './pods-taken.ts'
import { quotaFull } from './quota-full.ts'
import { quotaRefused } from './quota-refused.ts'
import { policyDenied } from './policy-denied.ts'
import { budgetsOverlap } from './budgets-overlap.ts'
import { disruptionBudget } from './disruption-budget.ts'
import { customUnwell } from './custom-unwell.ts'
import { rightsLacking } from './rights-lacking.ts'
import { readyTooLate } from './ready-too-late.ts'
import { orderedStart } from './ordered-start.ts'
import { nodeUnserved } from './node-unserved.ts'
import { nodeProvisioner } from './node-provisioner.ts'
import { agentAbsent } from './agent-absent.ts'
import { nodeFlapping } from './node-flapping.ts'
import { nodeKernel } from './node-kernel.ts'
import { nodeHog } from './node-hog.ts'
import { lastChange } from './last-change.ts'
import { kindUnknown } from './kind-unknown.ts'
import { tokenUnmounted } from './token-unmounted.ts'
import { customDangling } from './custom-dangling.ts'
import { customLimit } from './custom-limit.ts'
import { throttledByAlert } from './throttled-by-alert.ts'
import { customHeld } from './custom-held.ts'
import { operatorLog } from './operator-log.ts'
import { customUnheeded } from './custom-unheeded.ts'
import { readinessGate } from './readiness-gate.ts'
import { monitorUnfit } from './monitor-unfit.ts'
import { warningEvents } from './warning-events.ts'
import { alertMeasures } from './alert-measures.ts'
import { alertWords } from './alert-words.ts'
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
  warningEvents,
  alertWords,
  alertMeasures,
  lastChange,
]
