import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { endLeft, markOf } from './left-process.ts'

test.runIf(process.platform === 'linux')(
  'a program that outlived its server is known again, and nothing else is taken for it',
  async () => {
    const child = spawn('/bin/sh', ['-c', 'sleep 600 & wait'], { detached: true, stdio: 'ignore' })
    const ended = once(child, 'exit')
    const mark = markOf(child.pid!)!
    expect(mark).toMatch(/^[0-9a-f-]{36}\/\d+\/\d+$/)
    const [boot, start, pid] = mark.split('/')
    for (const other of [`${boot}/${Number(start) + 1}/${pid}`, `0${boot!.slice(1)}x/${start}/${pid}`, `${boot}/${start}/x`, ''])
      expect(endLeft(other)).toBe(false)
    expect(child.exitCode ?? child.signalCode).toBeNull()
    expect(endLeft(mark)).toBe(true)
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(endLeft(mark)).toBe(false)
  },
)
