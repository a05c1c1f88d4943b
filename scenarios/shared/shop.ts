import { envOf, type Behaviour } from '../../control-plane/kubelet/behaviours.ts'
import type { KubeObject } from '../../control-plane/api.ts'

const app = (name: string, where?: (pod: KubeObject) => boolean) => ({ namespace: 'shop', labels: { app: name }, ...(where ? { where } : {}) })

/** What the programs of shared/platform.yaml and shared/shop.yaml write while all is well. */
export const shopAtWork: readonly Behaviour[] = [
  {
    pods: app('payments', (pod) => envOf(pod, 'LEDGER_HOST') === 'ledger-db'),
    logs: [
      { after: 0, text: '{time} INFO  payments starting' },
      { after: 0.4, text: '{time} INFO  ledger: connected host=ledger-db:5432 pool=10' },
      { after: 0.5, text: '{time} INFO  http: listening addr=:8080' },
    ],
  },
  { pods: app('storefront'), logs: [{ after: 1, every: 13, text: '{time} info  GET / 200 {ms}ms' }] },
  { pods: app('catalog'), logs: [{ after: 2, every: 17, text: '{time} INFO  search q={id} took={ms}ms' }] },
  { pods: app('cart-redis'), logs: [{ after: 1, text: '1:M {date} * Ready to accept connections tcp' }] },
  {
    pods: app('ledger-db'),
    logs: [
      { after: 1, text: '{time} UTC [1] LOG:  database system is ready to accept connections' },
      { after: 300, every: 300, text: '{time} UTC [27] LOG:  checkpoint complete: wrote 41 buffers (0.3%)' },
    ],
  },
  {
    pods: { namespace: 'kube-system', name: 'coredns' },
    logs: [
      {
        after: 1,
        text: '.:53\n[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568',
      },
    ],
  },
]

export const checkoutAtWork: Behaviour = {
  pods: app('checkout'),
  logs: [{ after: 4, every: 9, text: '{"level":"info","time":"{time}","msg":"order placed","requestId":"{id}","durationMs":{ms}}' }],
}
