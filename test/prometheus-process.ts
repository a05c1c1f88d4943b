import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { programPath, runProgram, type RunningProgram } from './program.ts'

/** A real Prometheus, and the promtool that comes with it; null when one of them is missing. */
export function prometheusPaths(): { prometheus: string; promtool: string } | null {
  const prometheus = programPath('PROMETHEUS', ['prometheus'])
  const promtool = programPath('PROMTOOL', ['promtool'])
  return prometheus && promtool ? { prometheus, promtool } : null
}

/**
 * Starts it with a past: OpenMetrics lines with timestamps (seconds), without the closing `# EOF`. Without a configuration of the caller's, who
 * may put files beside it, it scrapes nothing.
 */
export const runPrometheus = (
  { prometheus, promtool }: { prometheus: string; promtool: string },
  past: readonly string[],
  configure: (dir: string) => Promise<string> = async () => '{}\n',
): Promise<RunningProgram> =>
  runProgram(prometheus, async (dir, address) => {
    const [config, metrics, data] = ['prometheus.yml', 'past.om', 'data'].map((name) => join(dir, name)) as [string, string, string]
    await writeFile(config, await configure(dir))
    await writeFile(metrics, `${past.join('\n')}\n# EOF\n`)
    await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', metrics, data])
    return [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      // An Alertmanager that comes later need not wait for a minute.
      '--rules.alert.resend-delay=2s',
      `--web.listen-address=${address}`,
    ]
  })
