import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

const NEW = 'lager-k8s-w04'
const onNew = (pod: KubeObject) => pod.spec.nodeName === NEW
const line = (level: string, where: string, text: string) => `{pg} [${level}][9] startup/${where}: ${text}`

export const scenario: Scenario = {
  title: 'a node joins whose network card has another name; Calico does not start on it and its pods get no network',
  now: '2026-11-02T16:48:30Z',
  nodes: [
    { name: 'lager-k8s-w01', ip: '192.168.70.11', zone: 'werk-1', cpu: '8', memory: '32780412Ki' },
    { name: 'lager-k8s-w02', ip: '192.168.70.12', zone: 'werk-1', cpu: '8', memory: '32780412Ki' },
    { name: 'lager-k8s-w03', ip: '192.168.70.13', zone: 'werk-2', cpu: '8', memory: '32780412Ki' },
    { name: NEW, ip: '192.168.70.14', zone: 'werk-2', cpu: '16', memory: '65568120Ki', joined: '-53m' },
  ],
  steps: [
    { at: '-94d', manager: 'kubectl', apply: ['05-calico.yaml'] },
    { at: '-90d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-61d', manager: 'helm', apply: ['10-wms.yaml'] },
    { at: '-53m', wait: 6000 },
    { at: '-42m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'wms', name: 'pick-optimizer', patch: { spec: { replicas: 8 } } }] },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'calico-node' }, where: onNew },
      exits: { code: 1, after: 0.6 },
      logs: [
        { after: 0.05, text: `${line('INFO', 'startup.go 446', 'Early log level set to info')}\n${line('INFO', 'utils.go 126', 'Using NODENAME environment for node name lager-k8s-w04')}\n${line('INFO', 'utils.go 138', 'Determined node name: lager-k8s-w04')}` },
        { after: 0.1, text: `${line('INFO', 'startup.go 94', 'Starting node lager-k8s-w04 with version v3.29.3')}\n${line('INFO', 'startup.go 451', 'Checking datastore connection')}` },
        { after: 0.2, text: `${line('INFO', 'startup.go 475', 'Datastore connection verified')}\n${line('INFO', 'startup.go 104', 'Datastore is ready')}\n${line('INFO', 'startup.go 504', 'Initialize BGP data')}` },
        { after: 0.3, text: `${line('WARNING', 'autodetection_methods.go 99', 'Unable to auto-detect an IPv4 address using interface regexes [eth0]: no valid host interfaces found')}\n${line('WARNING', 'startup.go 526', "Couldn't autodetect an IPv4 address. If auto-detecting, choose a different autodetection method. Otherwise provide an explicit address.")}` },
        { after: 0.4, text: `${line('INFO', 'startup.go 410', 'Clearing out-of-date IPv4 address from this node IP=""')}\n${line('WARNING', 'utils.go 48', 'Terminating')}\nCalico node failed to start` },
      ],
    },
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'calico-node' }, where: (pod) => !onNew(pod) },
      logs: [
        { after: 1, text: '{pg} [INFO][9] startup/autodetection_methods.go 105: Using autodetected IPv4 address on interface eth0\nCalico node started successfully' },
        { after: 60, every: 63, text: '{pg} [INFO][71] felix/summary.go 100: Summarising 11 dataplane reconciliation loops over 1m3.1s: avg={ms}ms longest=9{ms}ms ()' },
      ],
    },
    {
      pods: { where: (pod) => onNew(pod) && !pod.spec.hostNetwork },
      sandbox:
        'rpc error: code = Unknown desc = failed to setup network for sandbox "{sandbox}": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/',
    },
    { pods: { namespace: 'wms', labels: { app: 'pick-optimizer' } }, logs: [{ after: 4, every: 65, text: '{time} INFO wave {id} optimised in {ms}ms' }] },
    { pods: { namespace: 'wms', labels: { app: 'stock-api' } }, logs: [{ after: 2, text: 'info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://[::]:5000' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'wms', deployment: 'pick-optimizer', startsAt: '-26m' }),
}
