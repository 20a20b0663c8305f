/** The process that chooses personal editions; it ends with the one that started it. */
import { openDb } from '../../../db/client.js'
import { messageOf } from '../../../errors.js'
import { silentLog } from '../../../log.js'
import type { ChoosingTold, ToChoose } from './choose-apart.js'
import { choosePersonal } from './choose-orders.js'

const tell = (told: ChoosingTold) => process.send?.(told)

async function choose({ url, now, config, editionId }: ToChoose): Promise<void> {
  const db = openDb(url, silentLog, { connections: 2, applicationName: 'daily-papers choosing' })
  const services = { db, config, log: silentLog, clock: { now: () => new Date(now) } }
  try {
    tell({ chosen: await choosePersonal(services, editionId, (soFar) => tell({ soFar })) })
  } catch (error) {
    tell({ fault: messageOf(error) })
  } finally {
    await db.close()
  }
}

process.once('disconnect', () => process.exit(1))
process.once('message', (told: ToChoose) => void choose(told))
