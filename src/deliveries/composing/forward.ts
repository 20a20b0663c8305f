/** Forwards what a person answered to our mail: as our own mail, since a server may not send in the name of others. */
import type { Config } from '../../config/config.js'
import type { Db } from '../../db/client.js'
import { encodeMailbox, headerLine, verbatim } from '../../mail/message/headers.js'
import { addressLoopedBy } from '../returns/loop.js'

/** Kept as the person's program wrote them. */
const kept = new Set([
  'subject',
  'date',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-language',
])

/** @returns the header with its empty line, and the body; null when the answer was erased since. */
export async function forwarded(
  db: Db,
  config: Config,
  mailId: string,
  to: string,
  messageId: string,
): Promise<Buffer[] | null> {
  const row = await db.tables
    .selectFrom('inbound_mail')
    .select('raw')
    .where('id', '=', mailId)
    .executeTakeFirst()
  if (!row?.raw) return null
  // Bytes stay what they are, whatever their character set.
  const raw = row.raw.toString('latin1').replaceAll(/\r\n|\r|\n/g, '\r\n')
  const end = raw.indexOf('\r\n\r\n')
  const fields = (end < 0 ? raw : raw.slice(0, end)).split(/\r\n(?![ \t])/)
  const named = new Map(
    fields.map((field) => [field.slice(0, field.indexOf(':')).trim().toLowerCase(), field]),
  )
  const answer = named.get('reply-to') ?? named.get('from')
  const head =
    headerLine(
      'From',
      encodeMailbox('From', { ...config.mailFrom, name: `${config.publication}: a reply` }),
    ) +
    (answer ? `Reply-To:${answer.slice(answer.indexOf(':') + 1)}\r\n` : '') +
    headerLine('To', `<${verbatim(to)}>`) +
    headerLine('Message-ID', `<${verbatim(messageId)}>`) +
    headerLine(addressLoopedBy, verbatim(config.returnAddress ?? config.mailFrom.address)) +
    [...named].map(([name, field]) => (kept.has(name) ? `${field}\r\n` : '')).join('')
  return [Buffer.from(`${head}\r\n`, 'latin1'), Buffer.from(end < 0 ? '' : raw.slice(end + 4), 'latin1')]
}
