/** Makes the message of a delivery: an edition's fragments put together, or a letter composed for one reader. */
import type { EditionKind } from '../../editions/edition.js'
import type { PoolEntry } from '../../editions/personal/pool/pool.js'
import { readerCards } from '../../editions/personal/mail/reader-cards.js'
import { readPool, readPoolMail } from '../../editions/personal/pool/store.js'
import { readCompiled, readEditionById } from '../../editions/store.js'
import { welcomeMail } from '../../editions/compiling/welcome.js'
import {
  assembleMail,
  type ListHeaders,
  type PreparedMail,
  prepareMail,
  subjectLine,
} from '../../mail/message/assemble.js'
import { type CompiledMail, type Detail, inDetail } from '../../mail/message/compiled.js'
import { compileLetter } from '../../mail/message/compile-letter.js'
import { composeLetter } from '../../subscribers/letters.js'
import { type FootLinks, inertLinks, ReaderLinks } from '../../subscribers/links.js'
import type { Claimed, Compose, Outgoing, OwnChoice } from '../ledger/delivery.js'
import { editionLinks } from '../measuring/edition-links.js'
import { measuredMail } from '../measuring/links.js'
import { ownToken } from '../returns/return-path.js'
import { commonOf, envelopeOf, type Needs, senderDomain } from './common.js'
import { composeAlert, type OperatorPayload } from './operator-mail.js'
import { leaveAddress } from './own-addresses.js'

/** What all readers of an edition share. */
type Shared = {
  prepared: Record<Detail, PreparedMail>
  /** The same with links that are measured; encoded when a reader's mail first needs it. */
  measured: () => Promise<Record<Detail, PreparedMail>>
  testSubject: string
  webUrl: string
  list: MailingList
  edition: { kind: EditionKind; period: string; day: string }
  /** Read when the first reader has a choice of their own. */
  pool: () => Promise<Pool>
}

/** What personal editions are put together from. */
type Pool = { prepared: PreparedMail; measured: PreparedMail; papers: PoolEntry[] }

/** More than are ever sent at the same time. */
const editionsKept = 4

/** Compiled editions are read and encoded once and kept, since they are frozen. */
export function openComposer(services: Needs): Compose {
  const editions = new Map<number, Promise<Shared>>()
  const sharedOf = (editionId: number): Promise<Shared> => {
    const known = editions.get(editionId)
    if (known) return known
    const read = readShared(services, editionId)
    // A failed read must not be the answer for ever.
    read.catch(() => editions.delete(editionId))
    editions.set(editionId, read)
    if (editions.size > editionsKept) editions.delete(editions.keys().next().value as number)
    return read
  }
  return async (delivery) => {
    const editionId = delivery.kind === 'test' ? testedEdition(delivery) : delivery.editionId
    if (editionId !== null) return composeEdition(services, delivery, await sharedOf(editionId))
    return delivery.kind === 'alert' ? composeAlert(services, delivery) : composeWaited(services, delivery)
  }
}

const testedEdition = ({ payload }: Claimed): number =>
  (payload as Extract<OperatorPayload, { about: 'test' }>).editionId

async function readShared({ db, config }: Needs, editionId: number): Promise<Shared> {
  const compiled = await readCompiled(db, editionId)
  const edition = await readEditionById(db, editionId)
  let pool: Promise<Pool> | undefined
  if (!compiled || !edition) throw new Error(`edition ${editionId} has no mail`)
  let measured: Promise<Record<Detail, PreparedMail>> | undefined
  const measure = async () => {
    const links = await editionLinks(db, editionId)
    return inDetails(measuredMail(compiled, links, config.measure.opens))
  }
  return {
    prepared: inDetails(compiled),
    measured: () => (measured ??= measure()),
    testSubject: subjectLine(`[Test] ${compiled.subject}`),
    webUrl: `${config.publicUrl}/editions/${edition.period}`,
    list: mailingList(
      config,
      [edition.period, edition.kind, slug(config.publication), senderId(config)].join(':'),
    ),
    edition,
    pool: () => (pool ??= openPool({ db, config }, editionId)),
  }
}

const inDetails = (mail: CompiledMail): Record<Detail, PreparedMail> => ({
  full: prepareMail(inDetail(mail, 'full')),
  short: prepareMail(inDetail(mail, 'short')),
  titles: prepareMail(inDetail(mail, 'titles')),
})

async function openPool({ db, config }: Pick<Needs, 'db' | 'config'>, editionId: number): Promise<Pool> {
  const [kept, compiled] = [await readPool(db, editionId), await readPoolMail(db, editionId)]
  if (!kept || !compiled) throw new Error(`edition ${editionId} has no pool`)
  const prepared = prepareMail(compiled)
  const links = config.measure.clicks ? await editionLinks(db, editionId) : null
  const measured = links ? prepareMail(measuredMail(compiled, links, config.measure.opens)) : prepared
  return { prepared, measured, papers: kept.papers }
}

/** Where the links of this mail go through us; null where they are not measured. */
function linkUrl(
  { config, secrets }: Needs,
  { kind, editionId, subscriberId, epoch }: Claimed,
): string | null {
  if (!config.measure.clicks || kind !== 'edition' || editionId === null || epoch === null) return null
  return `${config.publicUrl}/l/${ownToken(secrets, 'measure', { editionId, subscriberId, epoch })}`
}

async function composePersonal(
  services: Needs,
  delivery: Claimed,
  own: OwnChoice,
  shared: Shared,
): Promise<Outgoing> {
  const links = footLinks(services, delivery)
  const { prepared, measured, papers } = await shared.pool()
  const through = linkUrl(services, delivery)
  const cards = readerCards(shared.edition, papers, own, delivery.detail ?? 'full')
  const webUrl = `${links.mine}/${shared.edition.period}/edition`
  const message = await assembleMail(
    { ...(through ? measured : prepared), subject: cards.subjectLine },
    {
      ...commonOf(services, delivery),
      values: valuesOf(links, webUrl, through, cards.preheader),
      order: cards.order,
      ofCards: cards.ofCards,
      list: listHeaders(services, delivery, links, shared.list),
    },
  )
  return { envelope: envelopeOf(services, delivery), message }
}

async function composeEdition(services: Needs, delivery: Claimed, shared: Shared): Promise<Outgoing> {
  if (delivery.personal) return composePersonal(services, delivery, delivery.personal, shared)
  const links = footLinks(services, delivery)
  const through = linkUrl(services, delivery)
  const wanted = (through ? await shared.measured() : shared.prepared)[delivery.detail ?? 'full']
  const prepared = delivery.kind === 'test' ? { ...wanted, subject: shared.testSubject } : wanted
  const message = await assembleMail(prepared, {
    ...commonOf(services, delivery),
    values: valuesOf(links, shared.webUrl, through),
    list: listHeaders(services, delivery, links, shared.list),
  })
  return { envelope: envelopeOf(services, delivery), message }
}

async function composeWaited(services: Needs, delivery: Claimed): Promise<Outgoing | null> {
  const { config } = services
  const letter = composeLetter(services, delivery)
  if (!letter) return null
  const welcome = delivery.kind === 'welcome' ? await welcomeMail(services.db, letter) : null
  const links = footLinks(services, delivery)
  const webUrl = welcome?.period ? `${config.publicUrl}/editions/${welcome.period}` : config.publicUrl
  const prepared = prepareMail(welcome?.mail ?? (await compileLetter(letter)))
  const message = await assembleMail(prepared, {
    ...commonOf(services, delivery),
    values: valuesOf(links, webUrl),
    // Editions follow upon a welcome, which has the newest in it if there is one: one can leave from it as well.
    ...(welcome && {
      list: listHeaders(
        services,
        delivery,
        links,
        mailingList(config, `welcome:${slug(config.publication)}:${senderId(config)}`),
      ),
    }),
  })
  return { envelope: envelopeOf(services, delivery), message }
}

/** A reader's own; a mail that goes elsewhere than to the reader has such as open nothing. */
function footLinks({ secrets, config, clock }: Needs, { subscriberId, epoch }: Claimed): FootLinks {
  return epoch === null
    ? inertLinks(config.publicUrl)
    : new ReaderLinks(secrets, config.publicUrl, { id: subscriberId, epoch }, clock.now())
}

// A link is signed when the mail names it.
const valuesOf = (links: FootLinks, webUrl: string, through: string | null = null, preheader = '') => ({
  LINK_URL: through ?? '',
  get UNSUBSCRIBE_URL() {
    return links.unsubscribe
  },
  get PREFERENCES_URL() {
    return links.preferences
  },
  get MINE_URL() {
    return links.mine
  },
  WEB_URL: webUrl,
  PREHEADER: preheader,
})

/** What the list headers of an edition's mails have in common. */
type MailingList = Pick<ListHeaders, 'name' | 'id' | 'archiveUrl' | 'feedbackId'>

const mailingList = ({ publication, publicUrl }: Needs['config'], feedbackId: string): MailingList => ({
  name: publication,
  id: `${slug(publication)}.${new URL(publicUrl).hostname}`,
  archiveUrl: publicUrl,
  feedbackId,
})

const listHeaders = (
  services: Needs,
  delivery: Claimed,
  { unsubscribe }: FootLinks,
  list: MailingList,
): ListHeaders => ({
  ...list,
  unsubscribeUrl: unsubscribe,
  unsubscribeMail: leaveAddress(services, delivery),
})

/** Google takes 5 to 15 characters that stay the same for one sender. */
const senderId = (config: Needs['config']) =>
  `${slug(senderDomain(config))}-mail`.slice(0, 15).replace(/-$/, '')

/** `daily-papers`: letters, digits and hyphens, as list ids and feedback ids want them. */
const slug = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'papers'
