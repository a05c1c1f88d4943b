import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { ailing, dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const worker = { kind: 'Deployment', namespace: 'settlement', name: 'settlement-worker' } as const
const RULE = '-'.repeat(80)
const NOT_FOUND = `failed to mount objects, error: failed to get objectType:secret, objectName:bank-sftp-privatekey, objectVersion:: GET https://kv-settlement-prd.vault.azure.net/secrets/bank-sftp-privatekey/
${RULE}
RESPONSE 404: 404 Not Found
ERROR CODE: SecretNotFound
${RULE}
{
  "error": {
    "code": "SecretNotFound",
    "message": "A secret with (name/id) bank-sftp-privatekey was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
  }
}
${RULE}
`

export const scenario: Scenario = {
  title: 'a release adds a Key Vault secret to its SecretProviderClass that nobody has made in the vault',
  now: '2026-09-02T12:08:00Z',
  nodes: [
    { name: 'aks-sys-31385122-vmss000000', ip: '10.224.0.4', zone: 'westeurope-1' },
    { name: 'aks-apps-22817640-vmss000001', ip: '10.224.0.33', zone: 'westeurope-2' },
    { name: 'aks-apps-22817640-vmss000004', ip: '10.224.0.62', zone: 'westeurope-3' },
  ],
  steps: [
    { at: '-75d', manager: 'addon-manager', apply: ['10-csi.yaml'] },
    { at: '-74d', apply: ['shared/tools.yaml'] },
    { at: '-51d', manager: 'argocd-controller', apply: ['20-settlement.yaml'] },
    { at: '-31m', manager: 'argocd-controller', apply: ['30-class-sftp.yaml'] },
    { at: '-30m58s', manager: 'argocd-controller', patch: [setImage(worker, 'worker', 'acrpayprd.azurecr.io/settlement/worker:3.15.0')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'settlement', name: 'settlement-worker' },
      since: '-31m',
      mount: {
        volume: 'secrets-store',
        message: `MountVolume.SetUp failed for volume "secrets-store" : rpc error: code = Unknown desc = failed to mount secrets store objects for pod {pod}, err: rpc error: code = Unknown desc = ${NOT_FOUND}`,
      },
    },
    {
      pods: { namespace: 'kube-system', name: 'aks-secrets-store-provider-azure' },
      logs: [{ after: 1, text: 'I{klog}       1 main.go:99] "Starting Azure Key Vault provider" version="v1.7.1"\nI{klog}       1 main.go:136] "Listening for connections" address="//provider/azure.sock"' }],
    },
    { pods: { namespace: 'settlement' }, logs: [{ after: 4, every: 53, text: 'info: Settlement.Worker.BatchRunner[0]\n      Settled batch {id} with {ms} positions' }] },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'settlement', pod: ailing(podsOf, 'settlement', 'settlement-worker'), startsAt: '-15m' }),
}
