import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const NEW = 'nexus.pensionio.example:5000/advice/advice-api:26.11.0'
const api = { namespace: 'pension', labels: { 'app.kubernetes.io/name': 'advice-api' } }
const isNew = ({ spec }: KubeObject) => spec.containers[0].image === NEW
const line = (thread: string, logger: string, text: string) => `{time}  INFO 1 --- [advice-api] [${thread}] ${logger} : ${text}`

export const scenario: Scenario = {
  title: 'the health endpoints of a new release want a log-in',
  now: '2026-11-10T15:21:40Z',
  nodes: [
    { name: 'rke2-worker-01', ip: '10.4.12.31', cpu: '8', memory: '32779220Ki' },
    { name: 'rke2-worker-02', ip: '10.4.12.32', cpu: '8', memory: '32779220Ki' },
    { name: 'rke2-worker-03', ip: '10.4.12.33', cpu: '8', memory: '32779220Ki' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-33d', apply: ['10-pension.yaml'], manager: 'helm' },
    { at: '-36m30s', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'pension', name: 'advice-api' }, 'api', NEW)] },
  ],
  behaviours: [
    ...around,
    { pods: { ...api, where: isNew }, probes: { readiness: { status: 401 }, liveness: { status: 401 } } },
    {
      pods: api,
      logs: [
        { after: 2.2, text: line('           main', 'e.pensionio.advice.AdviceApplication     ', 'Starting AdviceApplication using Java 21.0.8 with PID 1 (/app/app.jar started by app in /app)') },
        { after: 2.3, text: line('           main', 'e.pensionio.advice.AdviceApplication     ', 'The following 1 profile is active: "prod"') },
        { after: 7.6, text: line('           main', 'com.zaxxer.hikari.HikariDataSource       ', 'HikariPool-1 - Start completed.') },
        { after: 11.4, text: line('           main', 'o.s.boot.tomcat.TomcatWebServer          ', "Tomcat started on port 8080 (http) with context path '/'") },
        { after: 11.5, text: line('           main', 'e.pensionio.advice.AdviceApplication     ', 'Started AdviceApplication in 10.871 seconds (process running for 11.402)') },
        { after: 21.1, text: line('nio-8080-exec-1', 'o.s.web.servlet.DispatcherServlet        ', 'Completed initialization in 2 ms') },
      ],
    },
    { pods: { ...api, where: isNew }, logs: [{ after: 10.1, text: line('           main', 'o.s.b.a.e.web.EndpointLinksResolver      ', "Exposing 4 endpoints beneath base path '/actuator'") }, { after: 10.4, text: line('           main', 'e.p.advice.security.SecurityConfig       ', 'OAuth2 resource server enabled for all paths, issuer https://sso.pensionio.example/realms/advice') }] },
    { pods: { ...api, where: (pod) => !isNew(pod) }, logs: [{ after: 30, every: 23, text: line('nio-8080-exec-4', 'e.p.advice.web.ProposalController        ', 'proposal {id} calculated in {ms} ms') }, { after: 300, every: 1700, text: '{time}  WARN 1 --- [advice-api] [nio-8080-exec-2] e.p.advice.web.ProposalController         : proposal {id}: fund price is older than 1 day' }] },
    { pods: { namespace: 'pension', labels: { 'app.kubernetes.io/name': 'advice-web' } }, logs: [{ after: 10, every: 20, text: '10.244.0.1 - - [{clf}] "GET /advice/start HTTP/1.1" 200 4{ms} "-" "Mozilla/5.0"' }] },
    { pods: { namespace: 'databases' }, logs: [{ after: 2, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' }, { after: 300, every: 1800, text: '{pg} UTC [27] LOG:  checkpoint complete: wrote 1{ms} buffers (0.8%); 0 WAL file(s) added, 0 removed, 0 recycled; write=12.{ms} s, sync=0.011 s, total=12.4 s' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'pension', deployment: 'advice-api', startsAt: '-11m' }),
}
