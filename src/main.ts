#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runCli } from '#cli'
import { processIo } from './cli/io.ts'

// `package.json` lies one folder up in a checkout (src/) and beside this file in the built package (dist/).
const manifest = [new URL('./package.json', import.meta.url), new URL('../package.json', import.meta.url)]
const version = manifest.map((url) => { try { return JSON.parse(readFileSync(url, 'utf8')).version as string } catch { return '' } }).find(Boolean) ?? '0.0.0'

process.exitCode = await runCli(process.argv.slice(2), processIo(), version)
