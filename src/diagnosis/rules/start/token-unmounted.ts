import { refOf } from '#cluster'
import { objectText } from '#kinds/result'
import { podField, podSpecOf } from '../../snapshot/field-path.ts'
import { linesWith } from '../logs/log-scan.ts'
import { podNames, unreadySince } from '../run/pods.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Rule } from '../rule.ts'

const MISSING =
  /\/(?:var\/)?run\/secrets\/kubernetes\.io\/serviceaccount\/\w+.{0,40}no such file|unable to load in-cluster configuration|no such file.{0,60}kubernetes\.io\/serviceaccount/i

export const tokenUnmounted: Rule = {
  id: 'token-unmounted',
  title: 'A program looks for a token that is not mounted',
  means: 'It calls the Kubernetes API, and automountServiceAccountToken is false: in the pod, or in its ServiceAccount.',
  looksAt: 'Log lines about the token’s path, and automountServiceAccountToken of the pod and its account.',
  mend: 'Set automountServiceAccountToken to true in the pod; it goes before the account’s.',
  look: (snapshot) =>
    linesWith(snapshot, MISSING).flatMap(({ workload, view, said, isCrashing }) => {
      const spec = podSpecOf(workload)
      const account = snapshot.get('ServiceAccount', workload.metadata.namespace ?? null, spec?.serviceAccountName ?? 'default')
      const ofPod = spec?.automountServiceAccountToken === false
      const ofAccount = spec?.automountServiceAccountToken === undefined && account?.['automountServiceAccountToken'] === false
      if (!ofPod && !ofAccount) return []
      const object = ofPod ? refOf(workload) : refOf(account!)
      const field = ofPod ? podField(workload, 'automountServiceAccountToken') : 'automountServiceAccountToken'
      return [
        {
          on: refOf(workload),
          failure: isCrashing ? ('crash' as const) : ('unready' as const),
          container: view.name,
          severity: 'critical' as const,
          summary: `Container ${view.name} of ${objectText(refOf(workload))} wants its ServiceAccount’s token, and ${objectText(object)} does not have it mounted`,
          evidence: [said, fromObject(ofPod ? workload : account!, `${field} = false`)],
          cause: { object, field },
          directness: 0.9,
          since: unreadySince([view.pod]),
          pods: podNames([view]),
          recommendations: [
            setField(refOf(workload), podField(workload, 'automountServiceAccountToken'), true, 'Then the token is mounted.'),
          ],
        },
      ]
    }),
}
