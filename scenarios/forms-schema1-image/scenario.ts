import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around, ingressNginx } from '../shared/around.ts'

const IMAGE = 'registry.stadt.intra.example/legacy/jasper-render:2.3'
const OLD = { kubeletVersion: 'v1.35.4', runtimeVersion: 'containerd://1.7.29', left: '-51m' }
const cordon = (name: string): Patch => ({ apiVersion: 'v1', kind: 'Node', name, patch: { spec: { unschedulable: true } } })

export const scenario: Scenario = {
  title: 'an image of the old manifest format is not pulled by the runtime of new nodes',
  now: '2026-10-22T08:12:00Z',
  nodes: [
    { name: 'rz1-k8s-a1', ip: '172.29.12.31', ...OLD },
    { name: 'rz1-k8s-a2', ip: '172.29.12.32', ...OLD },
    { name: 'rz1-k8s-b1', ip: '172.29.12.41', joined: '-2h20m' },
    { name: 'rz1-k8s-b2', ip: '172.29.12.42', joined: '-2h18m' },
  ],
  steps: [
    { at: '-90d', apply: ['shared/kps.yaml', 'shared/edge.yaml'], manager: 'helm' },
    { at: '-90d', apply: ['10-eforms.yaml'], manager: 'helm' },
    // The old machines are emptied and switched off.
    { at: '-58m', patch: [cordon('rz1-k8s-a1'), cordon('rz1-k8s-a2')] },
  ],
  behaviours: [
    ...around,
    ingressNginx,
    {
      pods: { namespace: 'eforms', labels: { app: 'pdf-render' }, where: ({ spec }) => spec.nodeName?.startsWith('rz1-k8s-b') },
      pull: `rpc error: code = Unimplemented desc = failed to pull and unpack image "${IMAGE}": not implemented: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image as "application/vnd.docker.distribution.manifest.v2+json" or "application/vnd.oci.image.manifest.v1+json"`,
    },
    {
      pods: { namespace: 'eforms', labels: { app: 'eforms-portal' } },
      logs: [
        { after: 1, text: '[{time}] [1] [INFO] Starting gunicorn 23.0.0' },
        { after: 1.1, text: '[{time}] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)' },
        { after: 9, every: 17, text: '{podip} - - [{clf}] "GET /formulare/wohnsitz/ HTTP/1.1" 200 18{ms}' },
      ],
    },
    {
      pods: { namespace: 'eforms', labels: { app: 'eforms-portal' } },
      since: '-50m30s',
      logs: [
        {
          after: 0,
          every: 41,
          text: `ERROR {log4j} django.request log.py:253 Internal Server Error: /antrag/absenden/
Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/urllib3/connection.py", line 198, in _new_conn
    sock = connection.create_connection(
ConnectionRefusedError: [Errno 111] Connection refused

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/portal/antrag/views.py", line 141, in absenden
    pdf = requests.post(f"{settings.PDF_RENDER_URL}/render/antrag", json=daten, timeout=20)
  File "/usr/local/lib/python3.12/site-packages/requests/adapters.py", line 677, in send
    raise ConnectionError(e, request=request)
requests.exceptions.ConnectionError: HTTPConnectionPool(host='pdf-render', port=8090): Max retries exceeded with url: /render/antrag (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f4be2c01d60>: Failed to establish a new connection: [Errno 111] Connection refused'))`,
        },
      ],
    },
  ],
  alert: ownRule('FormSubmissionsFailing', {
    startsAt: '-41m',
    labels: { namespace: 'eforms', ingress: 'eforms', host: 'formulare.stadt.example', severity: 'critical' },
    summary: 'Citizens cannot hand in forms.',
    description: '38% of POST /antrag/absenden/ on formulare.stadt.example end with a 5xx status.',
    expr: 'sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests{ingress="eforms",status=~"5.."}[5m])) / sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests{ingress="eforms"}[5m])) > 0.1',
  }),
}
