import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { ailing, dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const indexer = { kind: 'Deployment', namespace: 'mailroom', name: 'ocr-indexer' } as const
const NEW = 'quay.io/postbox/ocr-indexer:2.9.0'

export const scenario: Scenario = {
  title: 'a smaller base image lacks the C++ library that the program is linked with',
  now: '2026-01-29T14:40:00Z',
  steps: [
    { at: '-62d', apply: ['shared/tools.yaml'] },
    { at: '-55d', manager: 'gitlab-agent', apply: ['10-mailroom.yaml'] },
    { at: '-26m', manager: 'gitlab-agent', patch: [setImage(indexer, 'indexer', NEW)] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'mailroom', where: (pod) => pod.spec.containers[0].image === NEW },
      exits: { code: 127, after: 0.1 },
      listens: [],
      logs: [
        {
          after: 0,
          text: 'Error loading shared library libstdc++.so.6: No such file or directory (needed by /usr/local/bin/ocr-indexer)\nError loading shared library libgcc_s.so.1: No such file or directory (needed by /usr/local/bin/ocr-indexer)\nError relocating /usr/local/bin/ocr-indexer: _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_appendEPKcm: symbol not found\nError relocating /usr/local/bin/ocr-indexer: _ZSt20__throw_length_errorPKc: symbol not found\nError relocating /usr/local/bin/ocr-indexer: _Unwind_Resume: symbol not found',
        },
      ],
    },
    {
      pods: { namespace: 'mailroom', where: (pod) => pod.spec.containers[0].image !== NEW },
      logs: [
        { after: 0.2, text: '[{pg}] [info] ocr-indexer 2.8.1, tesseract 5.5.1, 4 workers, languages deu,eng,fra' },
        { after: 4, every: 17, text: '[{pg}] [info] indexed letter {id}: pages={ms}' },
        { after: 1200, every: 9000, text: '[{pg}] [warning] letter {id}: confidence 41 below 60, marked for manual review' },
      ],
    },
    { pods: { namespace: 'search' }, logs: [{ after: 20, text: '[{log4j}][INFO ][o.o.n.Node               ] [opensearch-0] started' }, { after: 1800, every: 1800, text: '[{log4j}][INFO ][o.o.m.j.JvmGcMonitorService] [opensearch-0] [gc][{n}] overhead, spent [2{ms}ms] collecting in the last [1s]' }] },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'mailroom', pod: ailing(podsOf, 'mailroom', 'ocr-indexer'), container: 'indexer', startsAt: '-9m' }),
}
