/**
 * The face of the room: what a call may do. A verdict comes from a literal list of small pure rules over the parsed call; nothing here
 * reads a cluster, an environment or a clock, and nothing that a cluster says (a log line, an event, an annotation) is ever an input.
 */
export { judgeKubectl, type KubectlVerdict } from './kubectl/judge.ts'
export { asArgv, asCommandLine, flag, withFlag, type KubectlCall } from './kubectl/call.ts'
export { splitWords, type Words } from './kubectl/words.ts'
export { stepProblems } from './accept.ts'
