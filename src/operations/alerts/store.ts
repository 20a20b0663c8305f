/** Alerts: raised once for each cause, owed to every place they go to, cleared when the cause is gone. */
import type { Config } from '../../config/config.js'
import type { Queries, Tx } from '../../db/client.js'
import type { NewRow } from '../../db/queries/tables.js'
import type { OperatorPayload } from '../../deliveries/composing/operator-mail.js'
import { oweMail } from '../../mail/owe.js'
import { pageOf } from '../../format/cursor.js'
import type { Secrets } from '../../config/secrets.js'
import { type Asker, passDoor, type Refused } from '../../subscribers/door/door.js'
import { defaultLimits } from '../../subscribers/door/limits.js'
import { readSettings } from '../settings.js'
import { alertLetter } from './letter.js'

export type Alert = { id: number; kind: string; cause: string; text: string; at: Date }

type RaiseServices = { config: Pick<Config, 'publication' | 'publicUrl'>; secrets: Secrets }

export type Raised = {
  id: number
  emails: number
  webhooks: number
  /** The limit that a mailbox was left out by; null when all are mailed. */
  leftOutBy: Refused | null
}

/**
 * Raises it, and owes it to every mailbox and webhook; nothing happens while the same one is open.
 * @param asker - whose quota it takes from.
 * @returns null when it is open already, otherwise its id and to how many places it is owed.
 */
export async function raiseAlert(
  tx: Tx,
  services: RaiseServices,
  alert: Pick<Alert, 'kind' | 'cause' | 'text'>,
  at: Date,
  asker: Asker = 'service',
): Promise<Raised | null> {
  const raised = await tx.tables
    .insertInto('alert')
    .values({ ...alert, at })
    .onConflict((twice) =>
      twice
        .column('cause')
        .doUpdateSet({ text: alert.text, at, cleared_at: null })
        .where('alert.cleared_at', 'is not', null),
    )
    .returning('id')
    .executeTakeFirst()
  if (!raised) return null
  const { emails, webhooks } = (await readSettings(tx)).alerts
  for (const url of webhooks) {
    await putSend(tx, { alert_id: raised.id, url, status: 'due', due_at: at, attempts: 0 })
  }
  const told: Raised = { id: raised.id, emails: 0, webhooks: webhooks.length, leftOutBy: null }
  for (const email of emails) {
    const refused = await oweAlertMail(tx, services, { ...alert, id: raised.id, at }, email, asker)
    if (refused) told.leftOutBy = refused
    else told.emails += 1
  }
  return told
}

/**
 * From here on the mail is the ledger's; the row says which one it is, or that the mailbox got too many.
 * @returns the limit that it was left out by.
 */
async function oweAlertMail(
  tx: Tx,
  { config, secrets }: RaiseServices,
  alert: Alert,
  email: string,
  asker: Asker,
): Promise<Refused | null> {
  const address = { email, domain: email.slice(email.lastIndexOf('@') + 1).toLowerCase() }
  const passage = await passDoor(tx, { secrets, limits: defaultLimits }, address, asker, alert.at)
  const place = { alert_id: alert.id, url: `mailto:${email}`, settled_at: alert.at }
  if (passage.state !== 'open') {
    await putSend(tx, {
      ...place,
      status: 'given_up',
      fault: 'this mailbox was mailed as often as it may be',
    })
    return passage.state === 'refused' ? passage.by : 'alert'
  }
  const payload: OperatorPayload = { about: 'alert', letter: alertLetter(config, alert) }
  const mail = { kind: 'alert', subscriberId: null, to: passage.to, payload } as const
  const delivery = await oweMail(tx, { ...mail, dueAt: alert.at })
  await putSend(tx, { ...place, status: 'mailed', delivery_id: delivery })
  return null
}

/** Says anew what becomes of an alert at one place; what is not given is empty. */
async function putSend(tx: Tx, send: NewRow<'alert_send'>): Promise<void> {
  const empty = { due_at: null, settled_at: null, fault: null, delivery_id: null }
  const row = { ...empty, ...send }
  await tx.tables
    .insertInto('alert_send')
    .values(row)
    .onConflict((twice) => twice.columns(['alert_id', 'url']).doUpdateSet(row))
    .execute()
}

/** Clears the open alerts of a kind, but for those causes. */
export async function clearAlerts(tx: Tx, kind: string, causes: string[], at: Date): Promise<void> {
  await tx.tables
    .updateTable('alert')
    .set({ cleared_at: at })
    .where('kind', '=', kind)
    .where('cleared_at', 'is', null)
    .$if(causes.length > 0, (alerts) => alerts.where('cause', 'not in', causes))
    .execute()
}

/** The newest first. */
export function openAlerts(db: Queries): Promise<Alert[]> {
  return db.models.alert.findMany({
    omit: { clearedAt: true },
    where: { clearedAt: null },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: 20,
  })
}

export type ToldAlert = Alert & {
  clearedAt: Date | null
  /** Each place it was owed to; a mail has the status that the ledger has. */
  sends: { place: string; status: string; attempts: number; fault: string | null }[]
}

/** Alerts and what became of telling them, the newest first, older than the alert `before`. */
export async function listAlerts(
  db: Queries,
  filter: { open?: boolean; before: string | null; limit: number },
): Promise<{ items: ToldAlert[]; next: string | null }> {
  const rows = await db.models.alert.findMany({
    where: {
      ...(filter.before !== null && { id: { lt: Number(filter.before) } }),
      ...(filter.open !== undefined && { clearedAt: filter.open ? null : { not: null } }),
    },
    include: { sends: { orderBy: { url: 'asc' }, include: { delivery: { select: mailState } } } },
    orderBy: { id: 'desc' },
    take: filter.limit + 1,
  })
  const told = rows.map((row) => ({ ...row, sends: row.sends.map(stateOf) }))
  return pageOf(told, filter.limit, (row) => [row.id])
}

const mailState = { status: true, attempts: true, reason: true } as const

type Send = { url: string; status: string; attempts: number; fault: string | null }
type Mail = { status: string; attempts: number; reason: string | null }

function stateOf({ url, delivery, ...send }: Send & { delivery: Mail | null }): ToldAlert['sends'][number] {
  return {
    place: url,
    status: delivery?.status ?? send.status,
    attempts: delivery?.attempts ?? send.attempts,
    fault: delivery?.reason ?? send.fault,
  }
}
