import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const ARGS = ['--model', '/models/large-70b', '--port', '8000']

export const scenario: Scenario = {
  title: 'a larger model takes four minutes to load; the startup probe allows two',
  now: '2026-11-11T16:16:16Z',
  steps: [
    { at: '-16d3h12m8s', apply: ['10-inference.yaml'] },
    { at: '-46m30s', manager: 'kubectl-edit', patch: [setContainer({ kind: 'Deployment', namespace: 'inference', name: 'llm-server' }, 'server', { args: ARGS })] },
  ],
  behaviours: [
    {
      pods: { namespace: 'inference', where: (pod) => pod.spec.containers[0].args[1] === ARGS[1] },
      listens: [],
      stop: { code: 0, after: 3 },
      logs: [
        { after: 6, text: 'INFO {time} [api_server.py:1839] vLLM API server version 0.11.0' },
        { after: 19, text: 'INFO {time} [gpu_model_runner.py:2602] Starting to load model /models/large-70b...' },
        { after: 30, every: 16, text: 'Loading safetensors checkpoint shards: {n}/30 Completed' },
      ],
    },
    { pods: { namespace: 'inference' }, logs: [{ after: 60, text: 'INFO:     Application startup complete.' }] },
  ],
  alert: crashLooping('inference', 'llm-server-', 'server', '-26m'),
}
