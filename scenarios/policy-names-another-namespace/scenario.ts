import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

export const scenario: Scenario = {
  title: 'a policy that isolates patient data lets in a namespace that does not exist; the portal is cut off',
  now: '2026-08-11T12:17:36Z',
  steps: [
    { at: '-92d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-91d', apply: ['shared/ingress-nginx.yaml'] },
    { at: '-60d', manager: 'argocd-controller', apply: ['10-fhir.yaml'] },
    { at: '-33m', manager: 'argocd-controller', apply: ['20-policies.yaml'] },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'fhir' }, logs: [{ after: 29, text: '{time} [main] INFO  ca.uhn.fhir.jpa.starter.Application [StartupInfoLogger.java:59] Started Application in 27.118 seconds (process running for 28.4)' }] },
    { pods: { namespace: 'fhir' }, until: '-33m', logs: [{ after: 40, every: 51, text: '{time} [http-nio-8080-exec-7] INFO  fhirtest.access [LoggingInterceptor.java:166] Path[/fhir] Source[] Operation[search-type  Observation] Duration[{ms}ms]' }] },
    { pods: { namespace: 'portal' }, logs: [{ after: 3, text: '* Puma version: 6.6.1 ("Return to Forever")\n* Listening on http://0.0.0.0:3000' }] },
    { pods: { namespace: 'portal' }, until: '-33m', logs: [{ after: 6, every: 48, text: 'I, [{time} #1]  INFO -- : [{id}] Completed 200 OK in {ms}ms (Views: 3.1ms | ActiveRecord: 1.9ms)' }] },
    {
      pods: { namespace: 'portal' },
      since: '-32m50s',
      logs: [
        {
          after: 6,
          every: 57,
          text: 'I, [{time} #1]  INFO -- : [{id}] Completed 500 Internal Server Error in 10012ms (ActiveRecord: 1.4ms)\nF, [{time} #1] FATAL -- : [{id}] Net::OpenTimeout (Failed to open TCP connection to fhir-server.fhir.svc.cluster.local:8080 (execution expired)):\nF, [{time} #1] FATAL -- : [{id}] app/clients/fhir_client.rb:31:in `search\'\nF, [{time} #1] FATAL -- : [{id}] app/controllers/results_controller.rb:12:in `index\'',
        },
      ],
    },
  ],
  alert: rule(
    'PortalRequestsFailing',
    '-26m',
    { namespace: 'portal', ingress: 'portal', host: 'my.carenet.example', severity: 'critical' },
    'Patients see errors in the portal.',
    '41% of the requests to my.carenet.example have been answered with 5xx for 5 minutes.',
    'sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests{status=~"5.."}[5m])) / sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests[5m])) > 0.05',
  ),
}
