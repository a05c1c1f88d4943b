import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an image holds a Java runtime that is older than the program in it',
  now: '2026-04-28T22:00:00Z',
  steps: [
    { at: '-60d', apply: ['shared/platform.yaml'] },
    { at: '-33m', apply: ['10-payroll.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'payroll' },
      exits: { code: 1, after: 1 },
      logs: [
        {
          after: 0.5,
          text: `Error: LinkageError occurred while loading main class com.hr.payslips.Main
	java.lang.UnsupportedClassVersionError: com/hr/payslips/Main has been compiled by a more recent version of the Java Runtime (class file version 65.0), this version of the Java Runtime only recognizes class file versions up to 55.0`,
        },
      ],
    },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'payroll', job_name: 'payslips-2026-04', startsAt: '-14m' }),
}
