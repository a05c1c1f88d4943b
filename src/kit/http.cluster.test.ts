import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startControlPlane, type ControlPlane } from '../../control-plane/start.ts'
import { createHttpClient } from './http.ts'

// The API server is the HTTPS server at hand: its certificate is of an authority that nobody else knows.
let cluster: ControlPlane
beforeAll(async () => {
  cluster = await startControlPlane()
}, 60_000)
afterAll(() => cluster?.stop())

async function version(options: { ca?: string; refuse?: string[] }): Promise<string> {
  const http = createHttpClient({ profile: 'configured', ...options })
  try {
    return (await http.request({ url: `${cluster.url}/version`, headers: { authorization: `Bearer ${cluster.token}` } })).text
  } finally {
    await http.close()
  }
}

test('a private authority is trusted when it is configured, and named in the error when not', async () => {
  await expect(version({ ca: readFileSync(cluster.caFile, 'utf8') })).resolves.toContain('gitVersion')
  await expect(version({})).rejects.toMatchObject({ name: 'TerminalError', message: expect.stringContaining('configure that CA') })
})

test('the API server is out of bounds for whom it was refused', async () => {
  await expect(version({ ca: readFileSync(cluster.caFile, 'utf8'), refuse: [new URL(cluster.url).host] })).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('is the Kubernetes API server'),
  })
})
