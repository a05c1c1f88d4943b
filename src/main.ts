#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { processIo, runCli } from '#cli'

// One folder up in a checkout (src/) and in the built package (dist/src/) alike.
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

process.exitCode = await runCli(process.argv.slice(2), processIo(), version)
