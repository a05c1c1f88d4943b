export { diagnose } from './diagnose.ts'
export type { Diagnose, DiagnosisOptions, DiagnosisProgress, DiagnosisRequest } from './request.ts'
export { rules } from './rules/rules.ts'
export type { Rule } from './rules/rule.ts'
