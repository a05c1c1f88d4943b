import { throttled } from '../shared/alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'healthy: its Secrets came some minutes late and the registry was slow; the warnings are still there, the pods run',
  now: '2026-08-08T08:08:08Z',
  steps: [
    { at: '-44m', apply: ['10-mail.yaml'] },
    { at: '-38m', apply: ['20-secrets.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'mailing' }, until: '-35m', pull: registry.unknownHost('registry.mail.example/sender:6.1.0') },
    { pods: { namespace: 'mailing' }, logs: [{ after: 1, text: '{time} INFO relay smtp.mail.example:587 ok' }, { after: 9, every: 33, text: '{time} INFO sent message {id}' }] },
  ],
  alert: throttled('mailing', 'sender-', 'sender', 29.9, '-16m'),
}
