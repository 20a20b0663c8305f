/** Tells every place that alerts go to that this is a test. */
import { randomUUID } from 'node:crypto'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { refuse } from '../../subscribers/door/door.js'
import { type Author, writeAudit } from '../audit.js'
import { clearAlerts, raiseAlert } from './store.js'

export type TestAlert = { id: number; emails: number; webhooks: number }

/**
 * Takes the way of every alert, and is cleared at once.
 * @throws Problem `conflict` when the settings name no place, `too-many-requests` when one has had as many as it may.
 */
export function testAlert(
  { db, clock, config, secrets }: Pick<Services, 'db' | 'clock' | 'config' | 'secrets'>,
  author: Author,
): Promise<TestAlert> {
  const kind = 'test'
  const at = clock.now()
  return db.transaction('request', async (tx) => {
    const text = `A test, asked for by ${author.who.split(':')[0]}: alerts arrive here.`
    const alert = { kind, cause: `${kind}:${randomUUID()}`, text }
    const raised = await raiseAlert(tx, { config, secrets }, alert, at, { operator: author.who })
    if (raised?.leftOutBy) refuse(raised.leftOutBy, at)
    if (!raised || raised.emails + raised.webhooks === 0) {
      throw new Problem('conflict', 'The settings of alerts name no address and no webhook.')
    }
    await clearAlerts(tx, kind, [], at)
    await writeAudit(tx, clock, author, { action: 'alerts.tested', target: 'alerts', after: raised })
    const { id, emails, webhooks } = raised
    return { id, emails, webhooks }
  })
}
