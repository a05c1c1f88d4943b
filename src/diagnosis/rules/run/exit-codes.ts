import type { Termination } from '../../snapshot/containers.ts'

/** What an exit code says of itself. 128 + n is "ended by signal n". */
const CODES: Readonly<Record<number, string>> = {
  0: 'it ends by itself, without an error, although it should go on',
  1: 'it ends with an error of its own',
  2: 'it ends with an error of its own (a panic of Go ends so, and many programs that refuse their arguments)',
  126: 'its command was found but cannot be executed',
  127: 'its command was not found',
  128: 'the runtime could not start its command',
  130: 'it was interrupted (SIGINT)',
  132: 'it executed an illegal instruction (SIGILL): built for another processor',
  134: 'it aborted itself (SIGABRT)',
  135: 'it met a bus error (SIGBUS)',
  136: 'it met an arithmetic error (SIGFPE)',
  137: 'it was killed (SIGKILL)',
  139: 'it met a segmentation fault (SIGSEGV)',
  143: 'it was asked to stop (SIGTERM) and did',
  255: 'it ends with an error of its own',
}

export function exitText(end: Termination): string {
  const code = end.signal ? 128 + end.signal : end.exitCode
  const known = CODES[code] ?? (code > 128 && code < 160 ? `it was ended by signal ${code - 128}` : 'it ends with an error of its own')
  return `exit code ${end.exitCode}: ${known}`
}
