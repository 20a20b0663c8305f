/** Chooses the personal editions of an edition in a process of its own; says how many, how long and how much memory. */
import { systemClock } from '../../../dist/clock.js'
import { readConfig } from '../../../dist/config/config.js'
import { openDb } from '../../../dist/db/client.js'
import { choosePersonal } from '../../../dist/editions/personal/choosing/choose-orders.js'
import { silentLog } from '../../../dist/log.js'

process.once('message', (told) => void choose(told))

async function choose({ url, editionId }) {
  const db = openDb(url, silentLog, { connections: 3 })
  const began = performance.now()
  const chosen = await choosePersonal(
    { db, clock: systemClock, log: silentLog, config: readConfig({}) },
    editionId,
  )
  const seconds = (performance.now() - began) / 1000
  process.send({ chosen, seconds, peakMb: process.resourceUsage().maxRSS / 1024 })
  await db.close()
  process.disconnect()
}
