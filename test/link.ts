import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to a server on this machine that can be cut and mended; TLS goes through unseen. */
export interface Link {
  url: string
  /** Every connection breaks, and no new one is taken. */
  cut(): Promise<void>
  mend(): Promise<void>
  close(): Promise<void>
}

export async function startLink(target: URL): Promise<Link> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    near.pipe(far).pipe(near)
    join(near, far)
    join(far, near)
  })
  function join(one: Socket, other: Socket): void {
    sockets.add(one)
    one.on('error', () => other.destroy())
    one.on('close', () => {
      sockets.delete(one)
      other.destroy()
    })
  }
  async function listen(at: number): Promise<number> {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  async function cut(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const port = await listen(0)
  return {
    url: `${target.protocol}//127.0.0.1:${port}`,
    cut,
    mend: async () => void (server.listening || (await listen(port))),
    close: cut,
  }
}
