import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { errorText, InputError } from '#kit/errors'
import { createHttpClient } from '#kit/http'
import { ApiError, tokenPath } from '#server'
import { ServerConfig } from './config.ts'
import type { Io } from './io.ts'

export interface ApiOptions {
  server?: string
  token?: string
  dataDir?: string
}

export interface ApiClient {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  text(path: string): Promise<string>
}

/** A client of a running server. Where it is: `--server`, INQUEST_SERVER, else the default listener of this machine; the token: given, or read from the data folder. */
export function apiClient(options: ApiOptions, io: Io): ApiClient {
  const base = (options.server ?? io.env['INQUEST_SERVER'] ?? 'http://127.0.0.1:8081').replace(/\/$/, '')
  const token =
    options.token ??
    io.env['INQUEST_TOKEN'] ??
    readToken(options.dataDir ?? io.env['INQUEST_DATA_DIR'] ?? ServerConfig.shape.dataDir.parse(undefined))
  const http = createHttpClient({ profile: 'configured' })
  const ask = async (path: string): Promise<string> => {
    let response
    try {
      response = await http.request({
        url: `${base}/api/v1${path}`,
        method: 'GET',
        headers: { authorization: `Bearer ${token}` },
        signal: io.signal,
      })
    } catch (error) {
      throw new InputError(`cannot reach the server at ${base} (${errorText(error)})`, {
        field: '--server',
        remedy: 'Start it with `inquest serve`, or say where its API is with --server or INQUEST_SERVER.',
      })
    }
    if (response.status === 200) return response.text
    const said = ApiError.safeParse(JSON.parse(response.text)).data
    throw new InputError(said?.error ?? `the server answered ${response.status}`, { remedy: said?.remedy })
  }
  return { get: async (path, schema) => schema.parse(JSON.parse(await ask(path))), text: ask }
}

function readToken(dataDir: string): string {
  const path = tokenPath(dataDir)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new InputError(`there is no token at ${path}`, {
      field: '--token',
      remedy: "Give the server's data folder with --data-dir, or its token with --token or INQUEST_TOKEN.",
    })
  }
}
