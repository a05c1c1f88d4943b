import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'registry.ship.example/label-printer:1.62.0'

export const scenario: Scenario = {
  title: 'a new version of a Go program panics (exit code 2) while it starts; GOMAXPROCS, changed with it, has nothing to do with it',
  now: '2026-02-10T10:01:00Z',
  steps: [
    { at: '-37d3h', apply: ['10-shipping.yaml'] },
    {
      at: '-1h1m',
      manager: 'helm',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'shipping', name: 'label-printer' }, 'printer', {
          image: NEW,
          env: [{ name: 'GOMAXPROCS', value: '4' }],
        }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'shipping', where: (pod) => pod.spec.containers[0].image === NEW },
      exits: { code: 2, after: 2 },
      listens: [],
      logs: [
        { after: 0.4, text: '{"time":"{time}","level":"INFO","msg":"starting label-printer","version":"1.62.0"}' },
        {
          after: 1.5,
          text: `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x7f1a42]

goroutine 1 [running]:
ship.example/label-printer/internal/carrier.(*Registry).Lookup(0x0, {0xa1b2c3, 0x3})
	/src/internal/carrier/registry.go:57 +0x22
main.run({0xc0000a6000, 0x2, 0x2})
	/src/cmd/printer/main.go:88 +0x3d1
main.main()
	/src/cmd/printer/main.go:31 +0x45`,
        },
      ],
    },
  ],
  alert: crashLooping('shipping', 'label-printer-', 'printer', '-42m'),
}
