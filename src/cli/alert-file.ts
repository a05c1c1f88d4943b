import { readFile } from 'node:fs/promises'
import { parseAlerts } from '#sources'
import type { Alert } from '#alert'
import { InputError } from '#kit/errors'
import type { Io } from './io.ts'

/** The alert of a file (or standard input): Alertmanager's webhook payload, a list of its API, or a single alert. The first firing one counts. */
export async function readAlert(path: string, io: Io): Promise<Alert> {
  const text =
    path === '-'
      ? await io.readStdin()
      : await readFile(path, 'utf8').catch((error: Error) => {
          throw new InputError(`cannot read ${path}: ${error.message}`, {
            field: '--alert',
            remedy: 'Give the JSON that Alertmanager sent, or - for standard input.',
          })
        })
  return alertIn(text, path === '-' ? 'standard input' : path)
}

/** The first firing alert of a text, else its first; `from` says where the text is from. */
export function alertIn(text: string, from: string): Alert {
  const alerts = parseAlerts(text)
  const alert = alerts.find((one) => one.status === 'firing') ?? alerts[0]
  if (!alert) throw new InputError(`${from} holds no alert`, { field: '--alert', remedy: 'Give the JSON that Alertmanager sent.' })
  return alert
}
