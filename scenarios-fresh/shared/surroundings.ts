import type { Behaviour } from '../../control-plane/kubelet/behaviours.ts'

/** What stands around in most clusters, and what it writes: CoreDNS, kube-proxy, kube-state-metrics, Prometheus. */
export const coredns: Behaviour = {
  pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  logs: [
    { after: 0.3, text: 'maxprocs: Leaving GOMAXPROCS=4: CPU quota undefined' },
    {
      after: 0.4,
      text: '.:53\n[INFO] plugin/reload: Running configuration SHA512 = c0af6acba93e75312d34dc3f6c44bf8573acff497d229202a4a49405ad5d8266c556ca6f83ba0c9e74088593095f714ba5b916d197aa693d6120af8451160b80\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568',
    },
  ],
}

export const kubeProxy: Behaviour = {
  pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
  logs: [
    { after: 0.2, text: 'I{klog}       1 server_linux.go:49] "Using iptables proxy"' },
    { after: 0.3, text: 'I{klog}       1 shared_informer.go:349] "Waiting for caches to sync" controller="node informer cache"' },
    { after: 0.4, text: 'I{klog}       1 shared_informer.go:356] "Caches are synced" controller="node informer cache"' },
    { after: 0.5, text: 'I{klog}       1 server.go:276] "kube-proxy running in single-stack mode" ipFamily="IPv4"' },
    { after: 0.6, text: 'I{klog}       1 server_linux.go:137] "Using iptables Proxier"' },
    { after: 0.7, text: 'I{klog}       1 server.go:539] "Version info" version="v1.36.3"' },
    { after: 0.8, text: 'I{klog}       1 config.go:200] "Starting service config controller"' },
    { after: 0.9, text: 'I{klog}       1 config.go:106] "Starting endpoint slice config controller"' },
    { after: 1.1, text: 'I{klog}       1 shared_informer.go:356] "Caches are synced" controller="service config"' },
  ],
}

export const prometheus: Behaviour = {
  pods: { labels: { 'app.kubernetes.io/name': 'prometheus' } },
  container: 'prometheus',
  logs: [
    { after: 0.1, text: 'time={time} level=INFO source=main.go:676 msg="No time or size retention was set so using the default time retention" duration=15d' },
    { after: 1.2, text: 'time={time} level=INFO source=main.go:1290 msg="Server is ready to receive web requests."' },
    { after: 1830, every: 7200, text: 'time={time} level=INFO source=compact.go:612 msg="write block" component=tsdb duration=1.8{ms}s' },
    { after: 1834, every: 7200, text: 'time={time} level=INFO source=head.go:1444 msg="Head GC completed" component=tsdb caller=truncateMemory duration={ms}ms' },
  ],
}

export const stateMetrics: Behaviour = {
  pods: { labels: { 'app.kubernetes.io/name': 'kube-state-metrics' } },
  container: 'kube-state-metrics',
  logs: [
    { after: 0.1, text: 'I{klog}       1 wrapper.go:120] "Starting kube-state-metrics"' },
    { after: 0.6, text: 'I{klog}       1 server.go:302] "Run with Kubernetes cluster version" major="1" minor="36" gitVersion="v1.36.3" gitTreeState="clean" platform="linux/amd64"' },
    { after: 0.9, text: 'I{klog}       1 server.go:315] "Started metrics server" metricsServerAddress="[::]:8080"' },
  ],
}

export const ingressNginx: Behaviour = {
  pods: { namespace: 'ingress-nginx', labels: { 'app.kubernetes.io/component': 'controller' } },
  container: 'controller',
  logs: [
    { after: 0.8, text: 'I{klog}       7 nginx.go:271] "Starting NGINX Ingress controller"' },
    { after: 2.1, text: 'I{klog}       7 nginx.go:317] "Starting NGINX process"' },
    { after: 2.2, text: 'I{klog}       7 leaderelection.go:257] attempting to acquire leader lease ingress-nginx/ingress-nginx-leader...' },
    { after: 2.4, text: 'I{klog}       7 controller.go:196] "Configuration changes detected, backend reload required"' },
    { after: 2.7, text: 'I{klog}       7 controller.go:216] "Backend successfully reloaded"' },
  ],
}

export const around: readonly Behaviour[] = [coredns, kubeProxy, prometheus, stateMetrics]
