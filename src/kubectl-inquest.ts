#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { processIo, runPlugin } from '#cli'

// kubectl finds this program by its name on PATH: `kubectl inquest …`.
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

process.exitCode = await runPlugin(process.argv.slice(2), processIo(), version)
