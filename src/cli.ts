#!/usr/bin/env node
/** The `daily-papers` command; `cli/` holds a file for each of its commands. */
import { runCli } from './cli/main.js'
import { reckonInUtc } from './config/utc.js'
import { openOutput } from './cli/shell/output.js'
import { listenForStop } from './cli/shell/signals.js'

reckonInUtc()

const json = process.argv.includes('--json')
const stopped = listenForStop()
const status = await runCli(process.argv.slice(2), {
  env: process.env,
  output: openOutput(json),
  stopped,
  status: 0,
})
process.exitCode = status
// A signal that comes twice, as npm and a terminal deliver it, would kill a process that no longer listens.
if (stopped.aborted) await new Promise((resolve) => setTimeout(resolve, 250))
// Whatever still waits, such as a connection that does not close, has had its time.
setTimeout(() => process.exit(status), 1_000).unref()
