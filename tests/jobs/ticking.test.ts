/** Ticks go on through both changes of the clock, whatever the zone of the process. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { slowFile } from '../support/slow-file.js'

slowFile()

const run = promisify(execFile)
const program = fileURLToPath(new URL('../support/ticks-at.mjs', import.meta.url))

it.concurrent.each([
  ['Europe/Vienna', 'spring', '2026-03-29T01:00:00Z'],
  ['Europe/Vienna', 'autumn', '2026-10-25T01:00:00Z'],
  ['America/New_York', 'spring', '2026-03-08T07:00:00Z'],
  ['America/New_York', 'autumn', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', 'spring', '2026-10-03T15:30:00Z'],
  ['Australia/Lord_Howe', 'autumn', '2026-04-04T15:00:00Z'],
])('in %s in %s', { timeout: 60_000 }, async (zone, _, change) => {
  const seconds = 10
  const start = new Date(Date.parse(change) - 4_000).toISOString()
  const { stdout } = await run(process.execPath, [program, start, String(seconds)], {
    env: { ...process.env, TZ: zone },
  })
  // Of the ten or so, those after the change are more than half.
  expect(Number(stdout)).toBeGreaterThanOrEqual(seconds - 2)
})
