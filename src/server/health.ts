import type { Hono } from 'hono'

/** Whether work can be taken, and why not. */
export type Ready = () => Promise<{ ok: boolean; reason: string }>

/** `/healthz`: the process answers. `/readyz`: the database answers and the manifests are read. */
export function health(app: Hono, ready: Ready): Hono {
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const state = await ready()
    return c.text(`${state.reason}\n`, state.ok ? 200 : 503)
  })
  return app
}
