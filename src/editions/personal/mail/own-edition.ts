/** One reader's own edition as they were mailed it: its papers, and the mail as a page. */
import type { Queries } from '../../../db/client.js'
import { bytes, int, present } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import { fonts, light } from '../../../format/palette.js'
import { renderTemplate } from '../../../format/templates.js'
import { escapeHtml } from '../../../format/text/escape-html.js'
import { type CompiledMail, tokenPattern } from '../../../mail/message/compiled.js'
import { editionAsPage } from '../../compiling/page.js'
import type { ShownPaper } from '../../edition.js'
import type { Edition } from '../../store.js'
import { labelsOf } from './labels.js'
import { isNothing, orderAt, readOrder } from '../pool/orders.js'
import type { PoolEntry } from '../pool/pool.js'
import { readerCards } from './reader-cards.js'
import { readPool, readPoolMail } from '../pool/store.js'

const orderOf = statement({
  text: `SELECT orders, array_position(readers, $2) - 1 AS position, cardinality(readers) AS size FROM batch
    WHERE edition_id = $1 AND first_reader <= $2 AND last_reader >= $2 AND orders IS NOT NULL AND $2 = ANY (readers)`,
  parameters: [int, int],
  columns: { orders: present(bytes), position: int, size: int },
})

type Own = { order: Buffer; papers: PoolEntry[] }

/** Null for a reader who had the common edition. */
async function readOwn(db: Queries, editionId: number, reader: number): Promise<Own | null> {
  const [row] = await db.run(orderOf, [editionId, reader])
  const pool = row && (await readPool(db, editionId))
  return pool ? { order: orderAt(row.orders, row.position, row.size), papers: pool.papers } : null
}

export type MailedPaper = ShownPaper & { cause: string }

/** The papers of a reader's mail, with their places in it and what brought each. */
export async function mailedPapers(db: Queries, edition: Edition, reader: number): Promise<MailedPaper[]> {
  const own = await readOwn(db, edition.id, reader)
  if (!own) return (edition.papers ?? []).map((paper) => ({ ...paper, cause: 'common' }))
  return readOrder(own.order).flatMap(({ index, cause }, i) => {
    const shown = own.papers[index]?.shown
    return shown ? [{ ...shown, rank: i + 1, cause }] : []
  })
}

/** What was chosen for a reader, as the claim hands it to the composer; null where they have the common edition. */
export async function readOwnChoice(db: Queries, editionId: number, reader: number) {
  const own = await readOwn(db, editionId, reader)
  if (!own) return null
  const labels = (await labelsOf(db, [{ reader, order: own.order }])).get(reader) ?? new Map<string, string>()
  return { order: own.order, labels }
}

/** The reader's edition as a page; null for who had the common one, or none. */
export async function ownEditionPage(
  db: Queries,
  edition: Edition,
  reader: number,
  publicUrl: string,
): Promise<string | null> {
  const own = await readOwn(db, edition.id, reader)
  const mail = own && !isNothing(own.order) && (await readPoolMail(db, edition.id))
  return mail ? pageOf(db, edition, reader, own, mail, publicUrl) : null
}

/** @param own - an order and the pool that it is of. */
async function pageOf(
  db: Queries,
  edition: Edition,
  reader: number,
  own: Own,
  mail: CompiledMail,
  publicUrl: string,
): Promise<string> {
  const labels = (await labelsOf(db, [{ reader, order: own.order }])).get(reader) ?? new Map<string, string>()
  const { order, ofCards } = readerCards(edition, own.papers, { order: own.order, labels }, 'full')
  const cards = order.map((index, i) => filled(mail.html.cards[index] ?? '', ofCards[i] ?? {}))
  const html = { head: filled(mail.html.head, {}), cards, foot: mail.html.foot }
  const foot = renderTemplate('email/own-page-foot.eta', { publicUrl, period: edition.period, light, fonts })
  return editionAsPage({ ...mail, html }, publicUrl, { foot })
}

/** Splitting by a pattern with one group puts the groups at the odd places. */
const filled = (text: string, values: Partial<Record<string, string>>): string =>
  text
    .split(tokenPattern)
    .map((part, i) =>
      i % 2 === 0 ? part : part === 'MINE_URL' ? '@@MINE_URL@@' : escapeHtml(values[part] ?? ''),
    )
    .join('')
