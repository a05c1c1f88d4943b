import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programPath, runProgram, type RunningProgram } from './program.ts'

/** A real Alertmanager; Debian calls it prometheus-alertmanager. */
export const alertmanagerPath = (): string | null => programPath('ALERTMANAGER', ['alertmanager', 'prometheus-alertmanager'])

/** Starts it alone (no cluster); without a configuration of the caller's it tells nobody. */
export const runAlertmanager = (
  path: string,
  configuration = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n',
): Promise<RunningProgram> =>
  runProgram(path, async (dir, address) => {
    const config = join(dir, 'alertmanager.yml')
    await writeFile(config, configuration)
    return [`--config.file=${config}`, `--storage.path=${dir}`, `--web.listen-address=${address}`, '--cluster.listen-address=']
  })
