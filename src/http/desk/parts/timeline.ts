/** Everything that happened to a subscriber as one list, the newest first. */
import type { VerdictRow } from '../../../operations/bounces.js'
import type { SubscriberHistory } from '../../../operations/subscribers/read.js'
import { differences } from './differences.js'

export type Event = {
  at: Date
  kind: 'mail' | 'return' | 'consent' | 'change'
  /** `edition 2026-08-04`, `confirm`, `subscriber.suppressed`. */
  what: string
  /** The period of the edition that was mailed. */
  edition: string | null
  /** Of a mail: how it ended. */
  status: string | null
  details: string[]
}

/** @param names - what keys are called. */
export function timelineOf(
  { mails, consents, changes }: SubscriberHistory,
  returns: VerdictRow[],
  names: Map<string, string>,
): Event[] {
  const events = [
    ...mails.map(ofMail),
    ...returns.map((verdict) => ofReturn(verdict, names)),
    ...consents.map(ofConsent),
    ...changes.map(ofChange),
  ]
  return events.sort((a, b) => b.at.getTime() - a.at.getTime())
}

const ofMail = (mail: SubscriberHistory['mails'][number]): Event => ({
  at: mail.settledAt ?? mail.createdAt,
  kind: 'mail',
  what: mail.edition ? `edition ${mail.edition}` : mail.kind,
  edition: mail.edition,
  status: mail.status,
  details: present(
    [mail.reason, mail.code, mail.enhanced, mail.reply].filter(Boolean).join(' '),
    mail.relay && `by ${mail.relay}`,
    mail.attempts > 1 && `${mail.attempts} tries`,
  ),
})

const ofReturn = (verdict: VerdictRow, names: Map<string, string>): Event => ({
  at: verdict.at,
  kind: 'return',
  what: verdict.class ? `${verdict.class} bounce` : verdict.kind,
  edition: null,
  status: verdict.undoneAt ? 'undone' : verdict.effect,
  details: present(
    verdict.edition && `of edition ${verdict.edition}`,
    [verdict.code, verdict.status, verdict.words].filter(Boolean).join(' '),
    verdict.undoneBy && `undone by ${names.get(verdict.undoneBy) ?? verdict.undoneBy}`,
  ),
})

const ofConsent = (consent: SubscriberHistory['consents'][number]): Event => ({
  at: consent.at,
  kind: 'consent',
  what: consent.action,
  edition: null,
  status: null,
  details: present(
    consent.text,
    consent.source && `source ${consent.source}`,
    consent.ip && `from ${consent.ip}`,
    consent.userAgent,
  ),
})

const ofChange = (entry: SubscriberHistory['changes'][number]): Event => ({
  at: entry.at,
  kind: 'change',
  what: entry.action,
  edition: null,
  status: null,
  details: present(
    `by ${entry.whoName ?? entry.who}`,
    entry.why,
    ...differences(entry.before, entry.after)
      .filter(({ field }) => field !== 'updatedAt')
      .map(({ field, before, after }) => `${field}: ${before ?? '–'} → ${after ?? '–'}`),
  ),
})

const present = (...texts: (string | false | null)[]): string[] => texts.filter((text) => !!text) as string[]
