import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'store-0231-b'
const store = (name: string, ip: string) => ({ name, ip, cpu: '4', memory: '8040520Ki', zone: 'edge-de-1', labels: { 'node.grocerhub.example/role': 'store' } })

export const scenario: Scenario = {
  title: 'a fifth node gets a pod range outside of flannel’s network',
  now: '2026-09-25T12:50:16Z',
  nodes: [
    store('store-0118-a', '10.61.18.10'),
    store('store-0118-b', '10.61.18.11'),
    store('store-0204-a', '10.62.4.10'),
    store('store-0231-a', '10.62.31.10'),
    {
      ...store(NEW, '10.62.31.11'),
      joined: '-47m',
      faults: [
        {
          since: '-47m',
          notReady:
            'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        },
      ],
    },
  ],
  steps: [{ at: '-88d', apply: ['10-flannel.yaml'] }, { at: '-47m', wait: 7000 }],
  behaviours: [
    {
      pods: { namespace: 'kube-flannel', where: (pod) => pod.spec.nodeName === NEW },
      container: 'kube-flannel',
      exits: { code: 1, after: 2 },
      logs: [
        { after: 0.3, text: 'I{klog}       1 main.go:213] CLI flags config: {etcdEndpoints:http://127.0.0.1:4001,http://127.0.0.1:2379 etcdPrefix:/coreos.com/network etcdKeyfile: etcdCertfile: etcdCAFile: etcdUsername: etcdPassword: version:false kubeSubnetMgr:true kubeApiUrl: kubeAnnotationPrefix:flannel.alpha.coreos.com kubeConfigFile: iface:[] ifaceRegex:[] ipMasq:true ifaceCanReach: subnetFile:/run/flannel/subnet.env publicIP: publicIPv6: subnetLeaseRenewMargin:60 healthzIP:0.0.0.0 healthzPort:0 iptablesResyncSeconds:5 iptablesForwardRules:true blackholeRoute:false netConfPath:/etc/kube-flannel/net-conf.json setNodeNetworkUnavailable:true}' },
        { after: 0.4, text: 'W{klog}       1 client_config.go:667] Neither --kubeconfig nor --master was specified.  Using the inClusterConfig.  This might not work.' },
        { after: 0.5, text: 'I{klog}       1 kube.go:139] Waiting 10m0s for node controller to sync\nI{klog}       1 kube.go:537] Starting kube subnet manager' },
        { after: 1.5, text: 'I{klog}       1 kube.go:163] Node controller sync successful\nI{klog}       1 main.go:239] Created subnet manager: Kubernetes Subnet Manager - store-0231-b\nI{klog}       1 main.go:242] Installing signal handlers\nI{klog}       1 main.go:519] Found network config - Backend type: vxlan\nI{klog}       1 match.go:211] Determining IP address of default interface\nI{klog}       1 match.go:264] Using interface with name eno1 and address 10.62.31.11' },
        { after: 1.8, text: `E{klog}       1 main.go:359] Error registering network: failed to acquire lease: subnet "10.244.0.0/22" specified in the flannel net config doesn't contain "10.244.4.0/24" PodCIDR of the "store-0231-b" node\nI{klog}       1 main.go:499] Stopping shutdownHandler...` },
      ],
    },
    {
      pods: { namespace: 'kube-flannel', where: (pod) => pod.spec.nodeName !== NEW },
      container: 'kube-flannel',
      logs: [{ after: 2, text: 'I{klog}       1 main.go:412] Wrote subnet file to /run/flannel/subnet.env\nI{klog}       1 main.go:416] Running backend.\nI{klog}       1 iptables.go:125] Changing default FORWARD chain policy to ACCEPT' }],
    },
    { pods: { namespace: 'pos' }, logs: [{ after: 8, every: 15, text: '{time} INF receipts pushed count={ms} store=0118' }] },
  ],
  alert: kubePrometheus.nodeNotReady({ node: NEW, startsAt: '-32m' }),
}
