import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

export const scenario: Scenario = {
  title: 'a release adds an agent without limits where the quota counts limits',
  now: '2026-08-27T13:22:41Z',
  nodes: [
    { name: 'k8s-wrk-01', ip: '10.30.1.21', cpu: '16', memory: '65842520Ki', zone: 'dc1-a' },
    { name: 'k8s-wrk-02', ip: '10.30.1.22', cpu: '16', memory: '65842520Ki', zone: 'dc1-a' },
    { name: 'k8s-wrk-03', ip: '10.30.1.23', cpu: '16', memory: '65842520Ki', zone: 'dc1-b' },
  ],
  steps: [
    { at: '-90d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-75d', manager: 'helm', apply: ['10-radiology.yaml'] },
    { at: '-41m', manager: 'helm', apply: ['20-router-4.3.yaml'] },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: { namespace: 'radiology', name: 'dicom-router' },
      container: 'router',
      logs: [
        { after: 1, text: '{time} INFO  org.dcm4che3.net.Connection - Start TCP Listener on 0.0.0.0/0.0.0.0:11112' },
        { after: 30, every: 47, text: '{time} INFO  router.Forwarder - C-STORE {id} modality=CT -> PACS1 status=0H in {ms} ms' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'radiology', deployment: 'dicom-router', startsAt: '-15m' }),
}
