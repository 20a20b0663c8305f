/** Reads a mail that came back or came in: what kind it is, and what it means for each recipient. */
import { addressesIn, addressIn } from '../opening/addresses.js'
import { isAutoReply } from './auto-reply.js'
import { feedbackOf, isComplaint } from './complaint.js'
import { deliveryStatusOf, type StatusBlock } from './delivery-status.js'
import { type Evidence, judge, type Recipient, unjudged } from './judge.js'
import { isFromProgram, noticeIn } from './notice.js'
import { type OpenedMail, openMail } from '../opening/open-mail.js'
import { type Original, originalOf } from '../opening/original.js'
import { isPersonal, isReply, wantsToLeave } from './reply.js'
import { addressLoopedBy } from '../../deliveries/returns/loop.js'
import { reportLines } from './report-text.js'
import { sesBlocks } from './ses-notice.js'
import { type Mention, mentionsIn } from './spelled-out.js'

type Kind = 'bounce' | 'complaint' | 'auto-reply' | 'delayed' | 'delivered' | 'reply' | 'unknown'

export type Reading = {
  kind: Kind
  recipients: Recipient[]
  original: Original
  /** A person asks to be taken off, in so many words. */
  wantsToLeave: boolean
  /** In lower case; empty when there is none. */
  from: string
  isPersonal: boolean
  /** Who forwarded it before, by what they write of themselves. */
  loops: string[]
}

type Report = { mail: OpenedMail; original: Original; lines: string[]; mentions: Mention[] }

/** Never throws, and costs little whatever the mail is made of: `withinBounds` says how much of it is read. */
export async function readReturn(raw: Buffer): Promise<Reading> {
  const mail = await openMail(raw)
  const reading = readingOf(mail)
  const { kind, recipients } = reading
  const enclosed = mail.returned !== null && kind === 'bounce' && !recipients.some(isTold)
  return enclosed ? ((await reportWithin(mail)) ?? reading) : reading
}

/** Some gateways wrap the report of another server into one of their own that says nothing. */
async function reportWithin({ returned }: OpenedMail): Promise<Reading | null> {
  const inner = readingOf(await openMail(Buffer.from(returned ?? '')))
  return inner.kind === 'bounce' && inner.recipients.length > 0 ? inner : null
}

const isTold = ({ code, status }: Recipient) => code !== null || status !== null

function readingOf(mail: OpenedMail): Reading {
  const original = originalOf(mail)
  const lines = reportLines(mail.text)
  const report = {
    mail,
    original,
    lines,
    mentions: mentionsIn(lines, notRecipients(mail, original), mail.from.split('@')[1] ?? ''),
  }
  return {
    wantsToLeave: false,
    original,
    from: mail.from,
    isPersonal: isPersonal(mail),
    loops: mail.header.all(addressLoopedBy.toLowerCase()),
    ...kindOf(report),
  }
}

function kindOf(report: Report): Pick<Reading, 'kind' | 'recipients'> & { wantsToLeave?: boolean } {
  const { mail, lines } = report
  const feedback = feedbackOf(mail)
  if (feedback) {
    const kind = isComplaint(feedback) ? 'complaint' : 'unknown'
    return {
      kind,
      recipients: complainants(feedback.addresses, report).map((one) => unjudged(one, feedback.type)),
    }
  }
  const stated = deliveryStatusOf(mail)
  const blocks = stated.length > 0 ? stated : sesBlocks(mail.text)
  if (blocks.length > 0) return ofBlocks(blocks, report)
  if (isAutoReply(mail) && !isFromProgram(mail)) return { kind: 'auto-reply', recipients: [] }
  const notice = noticeIn(mail, lines, report.mentions.length > 0)
  if (notice !== null) return ofNotice(notice, report)
  return isReply(mail)
    ? { kind: 'reply', recipients: [], wantsToLeave: wantsToLeave(mail) }
    : { kind: 'unknown', recipients: [], wantsToLeave: wantsToLeave(mail) }
}

/** A report with its addresses struck out still encloses the mail, and each of ours is to one reader. */
function complainants(named: string[], { original }: Report): string[] {
  return named.length > 0 ? named : addressesIn(original.to ?? '').slice(0, 1)
}

function ofBlocks(blocks: StatusBlock[], report: Report): Pick<Reading, 'kind' | 'recipients'> {
  const actions = new Set(blocks.map(({ action }) => action))
  const kind = actions.has('failed') ? 'bounce' : actions.has('delayed') ? 'delayed' : 'delivered'
  const alone = blocks.length === 1
  const recipients = blocks.flatMap((block, i) => {
    const address = block.address ?? alternatives(report)[alone ? 0 : i]
    if (address === undefined) return []
    const words = wordsOf(address, report, alone)
    if (block.action !== 'failed') return [unjudged(address, block.diagnostic ?? words)]
    return [judge({ address, block, words, report: alone ? report.lines.join(' ') : '' })]
  })
  return { kind, recipients: once(recipients) }
}

function ofNotice(
  notice: 'failed' | 'delayed' | 'delivered',
  report: Report,
): Pick<Reading, 'kind' | 'recipients'> {
  const addresses = alternatives(report)
  const alone = addresses.length === 1
  const evidence = addresses.map(
    (address): Evidence => ({
      address,
      block: null,
      words: wordsOf(address, report, alone),
      report: alone ? report.lines.join(' ') : '',
    }),
  )
  if (notice !== 'failed') {
    return { kind: notice, recipients: evidence.map(({ address, words }) => unjudged(address, words)) }
  }
  return { kind: 'bounce', recipients: evidence.map(judge) }
}

/** Who is meant, where no delivery status says so: those the text names, a field of Exim's, our own mail's To. */
function alternatives({ mail, original, mentions }: Report): string[] {
  const failed = addressesIn((mail.header.all('x-failed-recipients') ?? []).join(' ').slice(0, 10_000))
  const named = mentions.map(({ address }) => address)
  if (failed.length > 0 && !named.some((address) => sameAddress(address, failed[0]))) return failed
  if (named.length > 0) return named
  if (failed.length > 0) return failed
  const to = addressIn(original.to ?? '')
  return to === null ? [] : [to]
}

function wordsOf(address: string, { mentions }: Report, alone: boolean): string {
  const own = mentions.find((mention) => sameAddress(mention.address, address))
  return (own ?? (alone ? mentions[0] : undefined))?.words ?? ''
}

const sameAddress = (one: string, other: string | undefined) => one.toLowerCase() === other?.toLowerCase()

/** The sender of either mail is named in reports, and is not who refused. */
function notRecipients(mail: OpenedMail, original: Original): Set<string> {
  const senders = [original.sender, mail.header.get('to'), mail.header.get('delivered-to')]
  return new Set(
    [mail.from, ...senders.flatMap((text) => addressesIn(text ?? ''))].map((one) => one.toLowerCase()),
  )
}

function once(recipients: Recipient[]): Recipient[] {
  return [...new Map(recipients.map((recipient) => [recipient.address.toLowerCase(), recipient])).values()]
}
