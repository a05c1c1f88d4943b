import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { concluding, countingTool, investigate, kubectl, recordingStep, scripted } from '../../../test/agent.ts'

describe('a scripted model', () => {
  test('plays its turns in order; one with a condition waits until the prompt holds its texts', async () => {
    const { outcome, tool } = investigate([
      await scripted([
        { whenPromptContains: ['output of get b', 'output of get a'], ...concluding() },
        { toolCalls: [kubectl('get', 'a')] },
        { whenPromptContains: 'output of get a', toolCalls: [kubectl('get', 'b')] },
        { toolCalls: [kubectl('get', 'never')] },
      ]),
    ])
    expect((await outcome).concluded).toBe(true)
    expect(tool.calls).toEqual([{ args: ['get', 'a'] }, { args: ['get', 'b'] }])
  })

  test('goes on at its turn after a restart, since the prompt tells which were played', async () => {
    const turns = [{ toolCalls: [kubectl('get', 'a')] }, { text: '' }, { toolCalls: [kubectl('get', 'b')] }, concluding()]
    const first = investigate([await scripted(turns)])
    await first.outcome
    const kept = recordingStep(new Map([...first.records].slice(0, 3)))
    const second = investigate([await scripted(turns)], { step: kept.step })
    expect((await second.outcome).concluded).toBe(true)
    expect(second.tool.calls).toEqual([{ args: ['get', 'b'] }])
  })

  test('raises an error as often as it is told, then plays the turn', async () => {
    const { outcome, pace } = investigate([await scripted([{ error: { status: 529, times: 2, retryAfterSeconds: 3 }, ...concluding() }])])
    expect(await outcome).toMatchObject({ concluded: true, usage: { modelCalls: 3 } })
    expect(pace.waits).toEqual([3_150, 3_150])
  })

  test('breaks the connection for an error without a status', async () => {
    const { outcome, pace } = investigate([await scripted([{ error: {} }])])
    expect((await outcome).incomplete).toEqual([expect.stringContaining('the connection broke, 4 times')])
    expect(pace.waits).toHaveLength(3)
  })

  test('says when its script is over', async () => {
    const { outcome } = investigate([await scripted([{ toolCalls: [kubectl('get', 'a')] }])])
    expect((await outcome).incomplete).toEqual([expect.stringContaining('the script has no turn left to play (it has 1)')])
  })

  test('counts the tokens that it is told, or a token for every four characters', async () => {
    const { outcome } = investigate([
      await scripted([{ ...concluding(), usage: { inputTokens: 900, outputTokens: 30, cacheReadTokens: 500 } }]),
    ])
    expect((await outcome).usage).toMatchObject({ inputTokens: 900, outputTokens: 30, cacheReadTokens: 500, costUSD: 0 })
  })

  test('plays the conversation of docs/models.md', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/models.md'), 'utf8')
    const { turns } = parse(/## A scripted conversation.*?```yaml\n(.*?)```/s.exec(page)![1]!)
    const history = { text: 'revision 7: LEDGER_HOST ledger-db-v2', full: null, summary: '7 revisions' }
    const kubectl = { ...countingTool(() => history), inputSchema: z.object({ command: z.string() }) }
    const { outcome } = investigate([await scripted(turns)], { tools: { tools: [kubectl], unavailable: [] } })
    expect(await outcome).toMatchObject({ concluded: true, added: 'The revision before had ledger-db.' })
  })
})
