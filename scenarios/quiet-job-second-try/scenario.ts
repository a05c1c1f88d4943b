import { throttled } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const pods = { labels: { job: 'churn' } }

export const scenario: Scenario = {
  title: 'healthy: the first try of a training Job was lost to a timeout of its object store; the second came to a good end; the first pod is still there',
  now: '2026-07-25T06:10:00Z',
  steps: [
    { at: '-20d', apply: ['10-models.yaml'] },
    { at: '-58m', apply: ['20-train.yaml'] },
  ],
  behaviours: [
    {
      pods,
      until: '-57m20s',
      exits: { code: 1, after: 31 },
      logs: [{ after: 30, text: 'botocore.exceptions.ReadTimeoutError: Read timeout on endpoint URL: "https://s3.ml.example/churn/features.parquet"' }],
    },
    { pods, since: '-57m20s', exits: { code: 0, after: 900 }, logs: [{ after: 20, every: 60, text: 'epoch {n} loss 0.31' }, { after: 890, text: 'model saved: models:/churn/25' }] },
    { pods: { labels: { app: 'registry-ui' } }, logs: [{ after: 3, text: 'INFO:     Uvicorn running on http://0.0.0.0:5000 (Press CTRL+C to quit)' }] },
  ],
  alert: throttled('training', 'registry-ui', 'mlflow', 33.3, '-20m'),
}
