/** The probe of an address that bounced softly too often: a confirmation, whose button or whose way back decides. */
import type { Tx } from '../../db/client.js'
import { oweMail } from '../../mail/owe.js'
import type { MailPayload } from '../../subscribers/payload.js'
import { mintToken, tokenExpiry } from '../../subscribers/tokens.js'
import type { Reader, VerdictServices } from './finding.js'

type Probe = { id: string; refused: boolean; over: boolean }

/** The last probe, unless its verdict was undone; `over` when its reader has confirmed since. */
export async function lastProbe(tx: Tx, subscriberId: number): Promise<Probe | undefined> {
  const row = await tx.tables
    .selectFrom('verdict as v')
    .innerJoin('delivery as d', 'd.id', 'v.probe_id')
    .leftJoin('consent as c', (join) =>
      join
        .onRef('c.subscriber_id', '=', 'v.subscriber_id')
        .on('c.action', '=', 'confirm')
        .onRef('c.at', '>=', 'v.at'),
    )
    .where('v.subscriber_id', '=', subscriberId)
    .where('v.undone_at', 'is', null)
    .orderBy('v.id', 'desc')
    .limit(1)
    .select(['d.id', 'd.status', 'c.id as confirmed'])
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      refused: row.status === 'rejected' || row.status === 'expired',
      over: row.confirmed !== null,
    }
  )
}

/** An ordinary confirmation: who presses its button is alive, and so is an address that it does not come back from. */
export async function oweProbe(tx: Tx, { clock, secrets }: VerdictServices, reader: Reader): Promise<string> {
  const at = clock.now()
  const { sealed, hash } = mintToken(secrets)
  await tx.tables
    .updateTable('token')
    .set({ replaced_at: at })
    .where('subscriber_id', '=', reader.id)
    .where('kind', '=', 'confirm')
    .where('used_at', 'is', null)
    .where('replaced_at', 'is', null)
    .execute()
  await tx.tables
    .insertInto('token')
    .values({
      hash,
      kind: 'confirm',
      subscriber_id: reader.id,
      payload: JSON.stringify({}),
      created_at: at,
      expires_at: tokenExpiry(at),
    })
    .execute()
  const payload: MailPayload = { about: 'signup', token: sealed }
  return oweMail(tx, {
    kind: 'confirmation',
    subscriberId: reader.id,
    domain: reader.domain,
    payload,
    dueAt: at,
  })
}
