import { imagePull } from './image-pull.ts'
import { configMissing } from './config-missing.ts'
import { containerStart } from './container-start.ts'
import { crashLoop } from './crash-loop.ts'
import { oomKilled } from './oom-killed.ts'
import { probeFailing } from './probe-failing.ts'
import { rolloutStuck } from './rollout-stuck.ts'
import { rbacDenied } from './log-access.ts'
import { authenticationFailed, cannotConnect, certificateInvalid, nameNotResolved } from './log-connection.ts'
import { diskFull, fileMissing, permissionDenied } from './log-files.ts'
import { databaseSchema, limitReached, portInUse, programOutOfMemory, programPanic } from './log-limits.ts'
import { badArgument, commandNotFound, configInvalid, variableMissing } from './log-settings.ts'
import type { Rule } from './rule.ts'

/** Every rule, in the order in which a pod goes through what they look at. */
export const rules: readonly Rule[] = [
  imagePull,
  configMissing,
  containerStart,
  crashLoop,
  oomKilled,
  badArgument,
  variableMissing,
  configInvalid,
  nameNotResolved,
  cannotConnect,
  authenticationFailed,
  rbacDenied,
  certificateInvalid,
  portInUse,
  diskFull,
  permissionDenied,
  fileMissing,
  commandNotFound,
  databaseSchema,
  limitReached,
  programOutOfMemory,
  programPanic,
  probeFailing,
  rolloutStuck,
]
