import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'registry.telco.example/rating-engine:12.1.0'

export const scenario: Scenario = {
  title: 'a roll-out that takes a rating engine away while it warms up, and is through',
  now: '2026-04-16T03:33:20Z',
  steps: [
    { at: '-70d', apply: ['../../../scenarios/shared/platform.yaml'] },
    { at: '-39d', manager: 'helm', apply: ['10-rating.yaml'] },
    { at: '-21h', manager: 'kubectl', apply: ['20-import.yaml'] },
    { at: '-24m', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'rating', name: 'rating-engine' }, 'engine', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'rating', where: (pod) => pod.spec.containers[0].image === NEW },
      until: '-2m10s',
      probes: { startup: { refused: true } },
    },
    {
      pods: { namespace: 'rating', where: (pod) => pod.spec.containers[0].image === NEW },
      logs: [
        { after: 2, text: '{time}  INFO 1 --- [rating-engine] [main] c.t.rating.RatingApplication : Starting RatingApplication v12.1.0 using Java 21.0.8 with PID 1' },
        { after: 30, every: 120, text: '{time}  INFO 1 --- [rating-engine] [main] c.t.rating.cache.TariffCache : warming up, partition {n} of 11 loaded' },
        { after: 75, text: '{time}  WARN 1 --- [rating-engine] [main] c.t.rating.cache.TariffCache : partition 1 read slowly (31 s), retrying once\n{time}  INFO 1 --- [rating-engine] [main] c.t.rating.cache.TariffCache : partition 1 complete' },
      ],
    },
    {
      pods: { namespace: 'rating', where: (pod) => pod.spec.containers[0].image === NEW },
      since: '-2m12s',
      logs: [
        { after: 0.2, text: '{time}  INFO 1 --- [rating-engine] [main] o.s.b.w.embedded.tomcat.TomcatWebServer : Tomcat started on port 8080 (http) with context path \'/\'\n{time}  INFO 1 --- [rating-engine] [main] c.t.rating.RatingApplication : Started RatingApplication in 1302.4 seconds' },
        { after: 15, every: 12, text: '{time}  INFO 1 --- [rating-engine] [nio-8080-exec-2] c.t.rating.web.RateController : rated calls=250 took={ms}ms' },
      ],
    },
    { pods: { namespace: 'rating', labels: { 'job-name': 'tariff-import' } }, exits: { code: 1, after: 20, times: 1 }, logs: [{ after: 19, text: '{time} ERROR import: connection reset by peer while reading tariffs.csv; run again' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'rating', deployment: 'rating-engine', startsAt: '-8m' }),
}
