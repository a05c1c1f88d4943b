import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const NEW = 'artifactory.kreditwerk.example/loans/loan-origination:4.119.0'
const vault = { namespace: 'vault', labels: { 'app.kubernetes.io/name': 'vault' } }
const loans = { namespace: 'loans', labels: { app: 'loan-origination' } }
const isNew = ({ spec }: KubeObject) => spec.containers[0].image === NEW
const cordon = (unschedulable: boolean | null): Patch => ({ apiVersion: 'v1', kind: 'Node', name: 'kw-node-2', patch: { spec: { unschedulable } } })
const SEALED = `Key                Value
---                -----
Seal Type          shamir
Initialized        true
Sealed             true
Total Shares       5
Threshold          3
Unseal Progress    0/3
Unseal Nonce       n/a
Version            1.20.4
Build Date         2025-09-23T13:22:38Z
Storage Type       raft
HA Enabled         true
`
const PATCHED = '-1h12m'

export const scenario: Scenario = {
  title: 'Vault is sealed since its node was patched',
  now: '2026-10-14T09:36:00Z',
  nodes: [
    { name: 'kw-node-1', ip: '10.33.7.11', cpu: '8', memory: '32779220Ki' },
    { name: 'kw-node-2', ip: '10.33.7.12', cpu: '8', memory: '32779220Ki' },
    { name: 'kw-node-3', ip: '10.33.7.13', cpu: '8', memory: '32779220Ki' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml', '05-vault.yaml'], manager: 'helm' },
    { at: '-31d', apply: ['10-loans.yaml'], manager: 'helm' },
    { at: PATCHED, patch: [cordon(true)] },
    { at: '-1h11m40s', manager: 'kubectl-drain', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'vault', name: 'vault-0' }] },
    { at: '-58m', patch: [cordon(null)] },
    { at: '-37m', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'loans', name: 'loan-origination' }, 'app', NEW)] },
  ],
  behaviours: [
    ...around,
    { pods: vault, since: '-1h11m38s', probes: { readiness: { output: SEALED } } },
    {
      pods: vault,
      logs: [
        { after: 0.4, text: '==> Vault server configuration:\n\nAdministrative Namespace: \n             Api Address: http://{podip}:8200\n                     Cgo: disabled\n         Cluster Address: https://vault-0.vault-internal:8201\n              Go Version: go1.24.7\n              Listener 1: tcp (addr: "[::]:8200", cluster address: "[::]:8201", tls: "disabled")\n               Log Level: \n                 Storage: raft (HA available)\n                 Version: Vault v1.20.4, built 2025-09-23T13:22:38Z\n\n==> Vault server started! Log data will stream in below:\n' },
        { after: 0.6, text: '{time} [INFO]  proxy environment: http_proxy="" https_proxy="" no_proxy=""' },
        { after: 0.7, text: '{time} [INFO]  core: Initializing version history cache for core' },
      ],
    },
    { pods: vault, until: '-90d', logs: [{ after: 190, text: '{time} [INFO]  core: vault is unsealed' }, { after: 191, text: '{time} [INFO]  core: post-unseal setup complete' }] },
    { pods: { ...loans, where: isNew }, container: 'vault-agent-init', exits: { code: 1, after: 1e8 } },
    {
      pods: { ...loans, where: isNew },
      container: 'vault-agent-init',
      logs: [
        { after: 0.2, text: '==> Vault Agent started! Log data will stream in below:\n\n==> Vault Agent configuration:\n\n           Api Address 1: http://bufconn\n                     Cgo: disabled\n               Log Level: \n                 Version: Vault v1.20.4, built 2025-09-23T13:22:38Z\n' },
        { after: 0.3, text: '{time} [INFO]  agent.sink.file: creating file sink\n{time} [INFO]  agent.auth.handler: starting auth handler' },
        {
          after: 0.5,
          every: 240,
          text: '{time} [INFO]  agent.auth.handler: authenticating\n{time} [ERROR] agent.auth.handler: error authenticating:\n  error=\n  | Error making API request.\n  | \n  | URL: PUT http://vault.vault.svc:8200/v1/auth/kubernetes/login\n  | Code: 503. Errors:\n  | \n  | * Vault is sealed\n   backoff=4m12s',
        },
      ],
    },
    { pods: { ...loans, where: (pod) => !isNew(pod) }, container: 'vault-agent-init', logs: [{ after: 0.3, text: '{time} [INFO]  agent.auth.handler: authenticating' }, { after: 0.5, text: '{time} [INFO]  agent.auth.handler: authentication successful, sending token to sinks' }, { after: 0.9, text: '{time} [INFO]  agent: (runner) rendered "(dynamic)" => "/vault/secrets/db.properties"' }] },
    { pods: loans, logs: [{ after: 6, text: '{time} INFO  application - HTTP server listening on 8080' }, { after: 20, every: 26, text: '{time} INFO  origination - application {id} decided in {ms} ms' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'loans', deployment: 'loan-origination', startsAt: '-11m30s' }),
}
