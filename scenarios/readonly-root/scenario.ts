import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'hardening makes the root file system read-only, and the program keeps its cache there',
  now: '2026-01-22T11:06:00Z',
  steps: [
    { at: '-60d3h12m8s', apply: ['10-pdf.yaml'] },
    {
      at: '-36m22s',
      manager: 'kustomize-controller',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'invoicing', name: 'pdf-render' }, 'render', {
          securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 10001 },
          env: [{ name: 'LOG_LEVEL', value: 'warning' }],
        }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'pdf-render' }, where: (pod) => pod.spec.containers[0].securityContext?.readOnlyRootFilesystem },
      exits: { code: 1, after: 3 },
      listens: [],
      logs: [
        {
          after: 2,
          text: `Traceback (most recent call last):
  File "/app/render/__main__.py", line 12, in <module>
    main()
  File "/app/render/cli.py", line 48, in main
    fonts = FontCache.build(settings.font_dirs)
  File "/app/render/fonts.py", line 31, in build
    os.makedirs(CACHE_DIR, exist_ok=True)
  File "<frozen os>", line 227, in makedirs
OSError: [Errno 30] Read-only file system: '/app/.cache/fonts'`,
        },
      ],
    },
    { pods: { labels: { app: 'pdf-render' } }, logs: [{ after: 2, text: ' * Running on all addresses (0.0.0.0)\n * Running on http://127.0.0.1:5000' }] },
  ],
  alert: crashLooping('invoicing', 'pdf-render-', 'render', '-20m'),
}
