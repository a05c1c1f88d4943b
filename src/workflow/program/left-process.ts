import { readFileSync } from 'node:fs'

/**
 * Programs of the server's own machine that outlived a server which was killed. Where there is a /proc (Linux) they are known again, by what no other
 * process ever has: pid, its start, and the boot of the machine. Elsewhere they are left alone.
 */
export function markOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // The second field is the program's name, which may hold anything; after it the state is the third, the start the 22nd.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return start ? `${boot}/${start}/${pid}` : null
  } catch {
    return null
  }
}

/** Ends what a mark tells of, with all that it started; false: it is not there any more. */
export function endLeft(mark: string): boolean {
  const pid = Number(mark.split('/').at(-1))
  if (markOf(pid) !== mark) return false
  try {
    process.kill(-pid, 'SIGKILL')
    return true
  } catch {
    return false
  }
}
