import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a certificate in a ConfigMap has expired; the program that shows it to the database refuses to start when its node is drained',
  now: '2026-05-02T18:00:00Z',
  steps: [
    { at: '-84d3h', apply: ['shared/platform.yaml'] },
    { at: '-74d', apply: ['10-partners.yaml'] },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'authenticator' } },
      since: '-38m',
      exits: { code: 1, after: 3 },
      logs: [
        {
          after: 2,
          text: `INFO:root:Loading client certificate from /certs/certificate.pem
Traceback (most recent call last):
  File "/app/app.py", line 31, in <module>
    check_certificate(CERT_PATH)
  File "/app/app.py", line 22, in check_certificate
    raise ValueError(f"certificate {path} has expired on {cert.not_valid_after}")
ValueError: certificate /certs/certificate.pem has expired on 2026-05-02 17:00:08`,
        },
      ],
    },
    { pods: { labels: { app: 'authenticator' } }, until: '-38m', logs: [{ after: 2, every: 60, text: 'INFO:werkzeug:10.244.0.1 - - [02/May/2026] "GET /token HTTP/1.1" 200 -' }] },
  ],
  alert: crashLooping('partners', 'authenticator-', 'flask', '-20m'),
}
