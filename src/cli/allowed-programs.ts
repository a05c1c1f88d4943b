import { accessSync, constants, statSync } from 'node:fs'
import { InputError } from '#kit/errors'

/** Throws an InputError when one of the programs of `--allowed-commands` cannot be started, so that nobody finds out at 3 a.m. */
export function checkPrograms(programs: readonly string[]): void {
  for (const program of programs) {
    const why = problem(program)
    if (why)
      throw new InputError(`${program} ${why}`, { field: '--allowed-commands', remedy: 'Name programs of this machine, or leave it out.' })
  }
}

function problem(program: string): string | null {
  try {
    if (!statSync(program).isFile()) return 'is no program'
    accessSync(program, constants.X_OK)
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'may not be executed'
  }
}
