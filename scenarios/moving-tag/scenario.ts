import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the tag "latest" now means an image without one of its modules; the pod that scaling out makes gets it, the old ones run on',
  now: '2026-10-12T19:19:19Z',
  steps: [
    { at: '-17d', apply: ['10-chatbot.yaml'] },
    { at: '-42m', manager: 'kubectl-scale', patch: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'chatbot', name: 'nlu', patch: { spec: { replicas: 3 } } }] },
  ],
  behaviours: [
    {
      pods: { namespace: 'chatbot', name: 'nlu-2' },
      exits: { code: 3, after: 2 },
      listens: [],
      logs: [
        {
          after: 1.5,
          text: `[{date} +0000] [1] [INFO] Starting gunicorn 23.0.0
[{date} +0000] [7] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/gunicorn/arbiter.py", line 608, in spawn_worker
    worker.init_process()
  File "/srv/nlu/app.py", line 4, in <module>
    import spacy
ModuleNotFoundError: No module named 'spacy'
[{date} +0000] [1] [ERROR] Worker (pid:7) exited with code 3
[{date} +0000] [1] [ERROR] Shutting down: Master`,
        },
      ],
    },
    { pods: { namespace: 'chatbot' }, logs: [{ after: 1, text: '[{date} +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)' }] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'chatbot', statefulset: 'nlu', startsAt: '-26m' }),
}
