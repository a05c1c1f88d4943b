import { kubePrometheus } from '../../control-plane/alerts.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import { setEnv, setImage } from '../../control-plane/patches.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const FLOWER = 'docker.io/mher/flower:2.1.0'
const HOSTS = 'campus.example,www.campus.example'

/** The kubelet asks by the pod's address. */
const disallowed = (ip: string) =>
  `{date} ERROR django.security.DisallowedHost Invalid HTTP_HOST header: '${ip}:8000'. You may need to add '${ip}' to ALLOWED_HOSTS.\n{date} WARNING django.request Bad Request: /health/`

export const scenario: Scenario = {
  title: 'allowed hosts are tightened and the kubelet’s probe, which asks by address, gets 400; beside it an image that was wrong before',
  now: '2026-09-07T06:52:33Z',
  steps: [
    { at: '-58d', apply: ['10-campus.yaml'] },
    { at: '-6d4h', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'campus', name: 'flower' }, 'flower', FLOWER)] },
    { at: '-39m', manager: 'gitlab-runner', patch: [setEnv({ kind: 'Deployment', namespace: 'campus', name: 'web' }, 'django', 'DJANGO_ALLOWED_HOSTS', HOSTS)] },
  ],
  behaviours: [
    { pods: { namespace: 'campus', where: (pod) => pod.spec.containers[0].image === FLOWER }, pull: registry.notFound(FLOWER) },
    {
      pods: { namespace: 'campus', where: (pod) => envOf(pod, 'DJANGO_ALLOWED_HOSTS') === HOSTS },
      probes: { readiness: { status: 400 } },
      logs: [{ after: 0.5, text: '[{date} +0000] [1] [INFO] Starting gunicorn 23.0.0\n[{date} +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)\n[{date} +0000] [1] [INFO] Using worker: gthread' }],
    },
    ...['worker-1', 'worker-2', 'worker-3'].map((node, index) => ({
      pods: { namespace: 'campus', where: (pod: KubeObject) => envOf(pod, 'DJANGO_ALLOWED_HOSTS') === HOSTS && pod.spec.nodeName === node },
      logs: [{ after: 2, every: 10, text: disallowed(`10.244.${index}.14`) }],
    })),
    {
      pods: { namespace: 'campus', where: (pod) => envOf(pod, 'DJANGO_ALLOWED_HOSTS') === '*' },
      logs: [
        { after: 0.5, text: '[{date} +0000] [1] [INFO] Starting gunicorn 23.0.0\n[{date} +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)' },
        { after: 30, every: 30, text: '10.244.1.3 - - [{date} +0000] "GET /courses/ HTTP/1.1" 200 8841 "-" "Mozilla/5.0"' },
      ],
    },
    { pods: { namespace: 'campus', labels: { app: 'celery' } }, logs: [{ after: 3, text: '[{date}: INFO/MainProcess] celery@worker ready.' }, { after: 60, every: 120, text: '[{date}: INFO/ForkPoolWorker-1] Task grades.tasks.recalculate[{id}] succeeded in 0.4{ms}s: None' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'campus', deployment: 'web', startsAt: '-13m' }),
}
