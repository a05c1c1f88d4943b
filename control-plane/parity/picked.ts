/** Scenarios whose parity CI tries (`parity.cluster.test.ts`): of every family, quick to play, and with what only a live cluster serves. */
export const PICKED: readonly string[] = [
  // Admission: roles that every cluster is born with stand between, and a decoy.
  'rbac-binding-elsewhere',
  'calm-webhook-ignored',
  // Scheduling.
  'affinity-zone-gone',
  'claim-without-class',
  // Run time: from logs, through a ConfigMap, and a decoy.
  'celery-broker',
  'certificate-expired',
  'quiet-kafka-noise',
  // Service path: a built-in kind and custom ones.
  'clinic-ingress-service',
  'gateway-backend-missing',
  // Roll-outs: a kind that cannot be listed, and a controller's own clock.
  'crd-conversion-service',
  'cronjob-missed-times',
  // Nodes: what a controller says, and one that has gone.
  'node-no-route',
  'controller-manager-cert',
  // Start-up.
  'configmap-deleted',
  'multi-attach',
]
