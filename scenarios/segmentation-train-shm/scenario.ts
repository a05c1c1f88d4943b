import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const TRACE = `Traceback (most recent call last):
  File "/opt/conda/lib/python3.12/site-packages/torch/utils/data/dataloader.py", line 1284, in _try_get_data
    data = self._data_queue.get(timeout=timeout)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/opt/conda/lib/python3.12/queue.py", line 180, in get
    self.not_empty.wait(remaining)
  File "/opt/conda/lib/python3.12/threading.py", line 359, in wait
    gotit = waiter.acquire(True, timeout)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/opt/conda/lib/python3.12/site-packages/torch/utils/data/_utils/signal_handling.py", line 73, in handler
    _error_if_any_worker_fails()
RuntimeError: DataLoader worker (pid 141) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit.

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "<frozen runpy>", line 88, in _run_code
  File "/app/segmentation/train.py", line 212, in <module>
    main()
  File "/app/segmentation/train.py", line 187, in main
    fit(model, loaders, optimiser, args)
  File "/app/segmentation/train.py", line 121, in fit
    for step, (images, masks) in enumerate(loaders["train"]):
  File "/opt/conda/lib/python3.12/site-packages/torch/utils/data/dataloader.py", line 733, in __next__
    data = self._next_data()
  File "/opt/conda/lib/python3.12/site-packages/torch/utils/data/dataloader.py", line 1491, in _next_data
    idx, data = self._get_data()
  File "/opt/conda/lib/python3.12/site-packages/torch/utils/data/dataloader.py", line 1297, in _try_get_data
    raise RuntimeError(
RuntimeError: DataLoader worker (pid(s) 141) exited unexpectedly`

export const scenario: Scenario = {
  title: 'twelve DataLoader workers do not fit into 64 MB of /dev/shm',
  now: '2026-09-22T08:44:10Z',
  nodes: [
    { name: 'gpu-a-0', ip: '172.18.40.10', cpu: '16', memory: '65837016Ki', resources: { 'nvidia.com/gpu': '2' }, labels: { 'nvidia.com/gpu.product': 'NVIDIA-L40S' } },
    { name: 'gpu-a-1', ip: '172.18.40.11', cpu: '16', memory: '65837016Ki', resources: { 'nvidia.com/gpu': '2' }, labels: { 'nvidia.com/gpu.product': 'NVIDIA-L40S' } },
    { name: 'cpu-b-0', ip: '172.18.41.20', cpu: '8' },
  ],
  steps: [
    { at: '-60d', apply: ['shared/victoria.yaml'], manager: 'argocd-controller' },
    { at: '-33d', apply: ['10-vision.yaml'], manager: 'argocd-controller' },
    { at: '-1d2h', apply: ['20-r41.yaml'] },
    { at: '-34m', apply: ['30-r42.yaml'] },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'vision-research', labels: { run: 'r41' } },
      exits: { code: 0, after: 5230 },
      logs: [
        { after: 5, text: '{log4j} INFO segmentation.train device=cuda:0 (NVIDIA L40S) torch=2.8.0+cu128' },
        { after: 9, text: '{log4j} INFO segmentation.data 2975 train / 500 val images, batch_size=4 num_workers=0' },
        { after: 60, every: 300, text: '{log4j} INFO segmentation.train epoch 0 step {n}00 loss=0.9{ms}' },
        { after: 5228, text: '{log4j} INFO segmentation.train best mIoU=0.612, model logged to mlflow run 5d1c2f' },
      ],
    },
    {
      pods: { namespace: 'vision-research', labels: { run: 'r42' } },
      exits: { code: 1, after: 47 },
      logs: [
        { after: 5, text: '{log4j} INFO segmentation.train device=cuda:0 (NVIDIA L40S) torch=2.8.0+cu128' },
        { after: 9, text: '{log4j} INFO segmentation.data 2975 train / 500 val images, batch_size=16 num_workers=12' },
        { after: 31, text: '{log4j} INFO segmentation.train epoch 0 step 0 loss=2.944' },
        { after: 45, text: 'ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).' },
        { after: 45.2, text: 'ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).' },
        { after: 46, text: TRACE },
      ],
    },
    {
      pods: { namespace: 'vision-research', labels: { app: 'mlflow' } },
      logs: [
        { after: 3, text: 'INFO:     Uvicorn running on http://0.0.0.0:5000 (Press CTRL+C to quit)' },
        { after: 20, every: 45, text: 'INFO:     {podip}:{port} - "POST /api/2.0/mlflow/runs/log-batch HTTP/1.1" 200 OK' },
      ],
    },
    { pods: { namespace: 'vision-research', labels: { app: 'notebook-ines' } }, logs: [{ after: 4, text: '[I {log4j} ServerApp] Jupyter Server 2.17.0 is running at:' }, { after: 900, every: 1800, text: '[I {log4j} ServerApp] Saving file at /segmentation/explore.ipynb' }] },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'vision-research', job_name: 'train-segmentation-r42', startsAt: '-16m' }),
}
