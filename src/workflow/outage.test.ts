import { createServer, connect, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test, vi } from 'vitest'
import { DIAGNOSIS, until } from '../../test/engine-process.ts'
import { engineHere } from '../../test/engine-here.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** Stands before PostgreSQL; while it is closed, every connection is cut and every new one refused. */
const door = (() => {
  const sockets = new Set<Socket>()
  let server: Server
  let target: URL
  let port = 0
  const open = (): Promise<void> => {
    server = createServer((client) => {
      const upstream = connect(Number(target.port), target.hostname)
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(from)
        from.pipe(to)
        from.on('error', () => to.destroy())
        from.on('close', () => {
          sockets.delete(from)
          to.destroy()
        })
      }
    })
    return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  }
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    open,
    close,
    async through(url: string): Promise<string> {
      target = new URL(url)
      await open()
      port = (server.address() as AddressInfo).port
      const own = new URL(url)
      own.port = String(port)
      return own.href
    },
  }
})()

// Before the engine's own hook, so that it runs after it.
afterAll(() => door.close())
const engine = engineHere({ heartbeatMs: 100, leaseMs: 600, keepRunsMs: 0, forgetEveryMs: 50 }, door.through)

test('a database that is away for longer than a lease costs no run and no take-over', async () => {
  const here = engine()
  let looks = 0
  let goOn = (): void => {}
  here.diagnose = async () => {
    if (++looks > 1) return DIAGNOSIS
    await new Promise<void>((resolve) => (goOn = resolve))
    return DIAGNOSIS
  }
  const chat = { sinkRef: { name: 'chat' } }
  const workflow = here.workflow({
    steps: [
      { name: 'look', diagnose: {} },
      { name: 'tell', notify: chat },
      { name: 'again', diagnose: {} },
    ],
    sinks: [chat],
  })
  const ended = here.investigate(workflow)
  await until('the first look', () => looks === 1)
  await door.close()
  // The step ends while there is nowhere to record it.
  goOn()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await door.open()

  const { id, phase, reason, takeovers } = await ended
  expect({ phase, reason, takeovers, looks }).toEqual({ phase: 'Succeeded', reason: 'Complete', takeovers: 0, looks: 2 })
  expect((await here.settled(id)).map(({ status, tries }) => ({ status, tries }))).toEqual([
    { status: 'delivered', tries: 1 },
    { status: 'delivered', tries: 1 },
  ])
})

test('the records of runs that ended are deleted; the investigations stay', async () => {
  const here = engine()
  const { id } = await here.investigate(here.workflow({ steps: [{ name: 'look', diagnose: {} }] }))
  const left = async (): Promise<number> => (await here.pool.query('select count(*)::int as n from dbos.workflow_status')).rows[0].n
  await until('nothing is left', async () => (await left()) === 0)
  expect(await here.runs.getInvestigation(id)).toMatchObject({ phase: 'Succeeded' })
})

test('a process can end while the database is away', async () => {
  await door.close()
  await engine().engine.drain(0)
  expect(
    await engine()
      .pool.query('select 1')
      .catch((error: Error) => error),
  ).toBeInstanceOf(Error)
  await door.open()
})
