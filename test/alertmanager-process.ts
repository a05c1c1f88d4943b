import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programPath, runProgram, type RunningProgram } from './program.ts'

/** A real Alertmanager; Debian calls it prometheus-alertmanager. */
export const alertmanagerPath = (): string | null => programPath('ALERTMANAGER', ['alertmanager', 'prometheus-alertmanager'])

/** The gossip of several: ports on 127.0.0.1. */
export interface Gossip {
  port: number
  peers: readonly number[]
}

/** Starts it, alone or as one of several; without a configuration of the caller's it tells nobody. */
export const runAlertmanager = (
  path: string,
  configuration = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n',
  gossip?: Gossip,
): Promise<RunningProgram> =>
  runProgram(path, async (dir, address) => {
    const config = join(dir, 'alertmanager.yml')
    await writeFile(config, configuration)
    const cluster = gossip
      ? [
          `--cluster.listen-address=127.0.0.1:${gossip.port}`,
          ...gossip.peers.map((port) => `--cluster.peer=127.0.0.1:${port}`),
          '--cluster.settle-timeout=1s',
          '--cluster.reconnect-interval=1s',
          // The second does not wait for the first to have sent: as when the network between them is slow, both send.
          '--cluster.peer-timeout=1ms',
        ]
      : ['--cluster.listen-address=']
    return [`--config.file=${config}`, `--storage.path=${dir}`, `--web.listen-address=${address}`, ...cluster]
  })
