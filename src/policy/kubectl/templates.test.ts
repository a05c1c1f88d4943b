import { expect, test } from 'vitest'
import { judgeKubectlTemplates } from './templates.ts'

test.each([
  ['get pods -n shop'],
  ['kubectl get pods -n {{ns}} -o wide'],
  ['get pods --namespace={{ns}} --selector=app={{app}},tier=x'],
  ['logs {{alert.labels.pod}} --tail=20'],
  ['get {{kind}}/{{name}}'],
  ['get pods {%if%}web{%endif%}'],
  ['-n {{ns}} rollout status deploy/{{name}}'],
])('%s may be written', (line) => expect(judgeKubectlTemplates(line.split(' '))).toBeNull())

test.each<[string, number | null, RegExp, RegExp]>([
  ['delete pod {{pod}}', null, /kubectl delete changes the cluster/, /Writes come with approvals/],
  ['rollout restart deploy/web', null, /rollout restart changes/, /approvals/],
  ['exec web -- sh', null, /nothing is run in/, /one plain command that reads/],
  ['get secret db -o yaml', null, /data of Secrets is never read/, /reads/],
  ['{{verb}} pods', null, /"value" is no kubectl command.*"value" stands for what a template gives/, /reads/],
  ['rollout {{verb}} web', null, /"rollout value" is no kubectl command.*stands for/, /reads/],
  ['get pods -o {{format}}', null, /-o value is not offered.*stands for/, /reads/],
  ['get pods -n{{ns}}', 2, /the value of a flag, and not its name/, /--name=\{\{ … \}\}/],
  ['get pods --{{flag}}=x', 2, /not its name/, /two words/],
  ['get pods -{{flags}}', 2, /not its name/, /two words/],
  ['get pods --watch', null, /must end by itself/, /reads/],
  ['get pods | grep web', null, /there is no shell/, /reads/],
])('%s may not: word %s', (line, index, message, remedy) =>
  expect(judgeKubectlTemplates(line.split(' '))).toEqual({
    index,
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  }),
)
