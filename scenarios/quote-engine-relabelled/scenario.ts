import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const spring = (app: string, version: string) => ({
  after: 6.4,
  text: `{time}  INFO 1 --- [${app}] [           main] o.s.boot.tomcat.TomcatWebServer          : Tomcat started on port 8080 (http) with context path '/'\n{time}  INFO 1 --- [${app}] [           main] c.n.${app.replace('-', '.')}.Application : Started Application in 6.1${version.length} seconds (process running for 6.8)`,
})

export const scenario: Scenario = {
  title: "the rating service's NetworkPolicy does not know the new labels of the quote engine",
  now: '2026-08-27T11:53:05Z',
  steps: [
    { at: '-90d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-insurance.yaml', '11-quote-engine.yaml'], manager: 'helm' },
    // The selector cannot be changed: uninstall, install.
    {
      at: '-49m',
      delete: [
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'quotes', name: 'quote-engine' },
        { apiVersion: 'v1', kind: 'Service', namespace: 'quotes', name: 'quote-engine' },
      ],
    },
    { at: '-48m40s', apply: ['20-quote-engine.yaml'], manager: 'helm' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'quotes', labels: { 'app.kubernetes.io/name': 'quote-engine' } },
      logs: [
        spring('quote-engine', '7142'),
        {
          after: 25,
          every: 37,
          text: '{time} ERROR 1 --- [quote-engine] [nio-8080-exec-7] c.n.quote.engine.QuoteController         : quote {id} failed\norg.springframework.web.client.ResourceAccessException: I/O error on POST request for "http://rating-service.rating.svc.cluster.local/v3/premium": Connect to http://rating-service.rating.svc.cluster.local:80 [rating-service.rating.svc.cluster.local/10.96.71.203] failed: Connect timed out\n\tat org.springframework.web.client.RestTemplate.createResourceAccessException(RestTemplate.java:915)\n\tat c.n.quote.engine.RatingClient.premium(RatingClient.java:58)\nCaused by: org.apache.hc.client5.http.ConnectTimeoutException: Connect to http://rating-service.rating.svc.cluster.local:80 [rating-service.rating.svc.cluster.local/10.96.71.203] failed: Connect timed out',
        },
      ],
    },
    {
      pods: { namespace: 'rating', labels: { app: 'rating-service' } },
      logs: [
        spring('rating-service', '420'),
        {
          after: 20,
          every: 300,
          text: '{time}  INFO 1 --- [rating-service] [nio-8080-exec-2] c.n.rating.service.PremiumController     : rated 500 renewals of batch {id} in {ms}12 ms',
        },
      ],
    },
    {
      pods: { namespace: 'quotes', labels: { app: 'renewals-batch' } },
      logs: [
        spring('renewals-batch', '207'),
        {
          after: 60,
          every: 300,
          text: '{time}  INFO 1 --- [renewals-batch] [   scheduling-1] c.n.renewals.batch.RenewalJob            : 500 renewals rated',
        },
      ],
    },
    {
      pods: { namespace: 'rating', labels: { app: 'tariff-db' } },
      logs: [
        {
          after: 120,
          every: 300,
          text: '{pg} UTC [27] LOG:  checkpoint starting: time\n{pg} UTC [27] LOG:  checkpoint complete: wrote {ms} buffers (0.3%), wrote 0 SLRU buffers; 0 WAL file(s) added, 0 removed, 0 recycled; write=4.{ms} s, sync=0.003 s, total=4.{ms} s',
        },
      ],
    },
    {
      pods: { namespace: 'brokers', labels: { app: 'broker-portal' } },
      logs: [{ after: 4, every: 24, text: '{"level":"info","ts":"{time}","msg":"GET /dashboard 200 {ms}ms"}' }],
    },
    {
      pods: { namespace: 'brokers', labels: { app: 'broker-portal' } },
      since: '-48m',
      logs: [
        {
          after: 12,
          every: 33,
          text: '{"level":"error","ts":"{time}","msg":"POST /quotes/new 502 3{ms}9ms","upstream":"http://quote-engine.quotes.svc.cluster.local/api/quotes","error":"Request failed with status code 500","code":"ERR_BAD_RESPONSE"}',
        },
      ],
    },
  ],
  alert: ownRule('BrokerQuoteSuccessRateLow', {
    startsAt: '-38m',
    labels: { namespace: 'brokers', deployment: 'broker-portal', journey: 'new-quote', severity: 'critical', team: 'sales' },
    summary: 'Brokers cannot get quotes.',
    description: 'Only 0.4% of POST /quotes/new in broker-portal succeeded over the last 10 minutes.',
    expr: 'sum(rate(http_requests_total{app="broker-portal",route="/quotes/new",code=~"2.."}[10m])) / sum(rate(http_requests_total{app="broker-portal",route="/quotes/new"}[10m])) < 0.97',
  }),
}
