/** The words of each mail about a subscription, composed when it is sent. */
import type { Clock } from '../clock.js'
import type { Config } from '../config/config.js'
import type { Secrets } from '../config/secrets.js'
import { capital } from '../format/readable.js'
import type { Letter } from '../mail/message/letter.js'
import { type LinkedReader, mineUrl, preferencesUrl } from './links.js'
import type { MailPayload } from './payload.js'
import { openToken, type SealedToken, tokenDays } from './tokens.js'

/** A delivery of the ledger that is no edition. */
export type OwedLetter = {
  kind: string
  subscriberId: number | null
  /** Of the reader's links; null where the letter goes to another address, and has none. */
  epoch: number | null
  /** As the ledger keeps it. */
  payload: unknown
}

type LetterServices = { config: Pick<Config, 'publicUrl' | 'publication'>; secrets: Secrets; clock: Clock }

/**
 * The letter that a delivery of kind confirmation, welcome or notice stands for; the same each time but for
 * the end of a preferences link. Null when it has become pointless: the subscriber is gone, or the key that
 * its token was sealed with was given up. Then the delivery is to be left out.
 */
export function composeLetter(services: LetterServices, delivery: OwedLetter): Letter | null {
  const payload = delivery.payload as MailPayload | null
  if (!payload || delivery.subscriberId === null) return null
  const { subscriberId: id, epoch } = delivery
  const words = { ...services, reader: epoch === null ? null : { id, epoch } }
  switch (payload.about) {
    case 'signup':
      return delivery.kind === 'notice' ? alreadySubscribed(words) : confirmSignup(words, payload.token)
    case 'welcome':
      return welcome(words)
    case 'change':
      return confirmChange(words, payload.token)
    case 'moved':
      return moved(words)
    case 'preferences':
      return freshLink(words)
    case 'saved':
      return savedReminder(words, payload)
    default:
      return null
  }
}

type Words = LetterServices & { reader: LinkedReader | null }

function confirmSignup({ config, secrets }: Words, sealed: SealedToken): Letter | null {
  const token = openToken(secrets, sealed)
  if (!token) return null
  return {
    subject: `Please confirm: ${config.publication}`,
    heading: 'One click and you are in',
    preheader: `Confirm your address to get ${config.publication} in your inbox.`,
    paragraphs: [
      `Somebody, most likely you, asked for ${config.publication} at this address. Please confirm that mail may come here.`,
    ],
    button: { label: 'Confirm my subscription', url: `${config.publicUrl}/confirm/${token}` },
    smallPrint: [
      `The button works for ${tokenDays} days. If this was not you, do nothing: without the click no other mail comes.`,
    ],
    publication: config.publication,
  }
}

function alreadySubscribed(words: Words): Letter {
  const { publication } = words.config
  return {
    subject: `You are already subscribed to ${publication}`,
    heading: 'You are already subscribed',
    preheader: 'Nothing has changed; here is the way to your preferences.',
    paragraphs: [
      `Somebody, most likely you, signed up for ${publication} with this address. It is on the list already, and nothing has changed.`,
      'If mail does not arrive as you would like it to, the preferences have the days, the hour and a pause.',
    ],
    button: preferencesButton(words),
    smallPrint: ['If this was not you, there is nothing to do. Nobody was told that you subscribe.'],
    publication,
  }
}

function welcome(words: Words): Letter {
  const { publication } = words.config
  return {
    subject: `Welcome to ${publication}`,
    heading: 'Welcome',
    preheader: 'You are in, and thank you.',
    paragraphs: [
      'You are in, and thank you. From now on the most talked-about research papers come to this address.',
      'In your preferences you choose how often mail comes and at what hour. Every mail has a link to them at its foot, and another one to leave.',
    ],
    button: preferencesButton(words),
    smallPrint: ['@@PREFERENCES_URL@@ · @@UNSUBSCRIBE_URL@@'],
    publication,
  }
}

function confirmChange({ config, secrets }: Words, sealed: SealedToken): Letter | null {
  const token = openToken(secrets, sealed)
  if (!token) return null
  return {
    subject: `Please confirm your new address for ${config.publication}`,
    heading: 'Confirm your new address',
    preheader: `Confirm that ${config.publication} is to come to this address.`,
    paragraphs: [`A subscriber of ${config.publication} asked that mail come to this address from now on.`],
    button: { label: 'Use this address', url: `${config.publicUrl}/confirm/${token}` },
    smallPrint: [
      `The button works for ${tokenDays} days. If this was not you, do nothing: no other mail comes here.`,
    ],
    publication: config.publication,
  }
}

function moved({ config }: Words): Letter {
  return {
    subject: `${config.publication} goes to your new address`,
    heading: 'Your address was changed',
    preheader: 'From now on mail goes to the new address.',
    paragraphs: [
      `The change of address that was asked for in the preferences of ${config.publication} was confirmed from the new address. No mail comes here any more.`,
    ],
    button: null,
    smallPrint: ['If this was not you, please answer to this mail.'],
    publication: config.publication,
  }
}

function freshLink(words: Words): Letter {
  const { publication } = words.config
  return {
    subject: `Your preferences for ${publication}`,
    heading: 'Here is your new link',
    preheader: 'A fresh link to your preferences.',
    paragraphs: ['You asked for a new link to your preferences, since the old one had expired.'],
    button: preferencesButton(words),
    smallPrint: ['If this was not you, there is nothing to do.'],
    publication,
  }
}

function savedReminder(
  { config, secrets, reader, clock }: Words,
  { titles, count }: Extract<MailPayload, { about: 'saved' }>,
): Letter | null {
  if (!reader) return null
  const papers = count === 1 ? 'one paper' : `${count} papers`
  return {
    subject: `On your reading list: ${papers}`,
    heading: `${capital(papers)} to read`,
    preheader: titles.slice(0, 2).join(' · '),
    paragraphs: [...titles, ...(count > titles.length ? [`And ${count - titles.length} more.`] : [])],
    button: {
      label: 'Open my reading list',
      url: `${mineUrl(secrets, config.publicUrl, reader, clock.now())}/saved`,
    },
    smallPrint: [
      'You asked for this reminder on Fridays; the list has a button that ends it. @@UNSUBSCRIBE_URL@@',
    ],
    publication: config.publication,
  }
}

function preferencesButton({ config, secrets, reader, clock }: Words): Letter['button'] {
  if (!reader) return null
  return {
    label: 'Open my preferences',
    url: preferencesUrl(secrets, config.publicUrl, reader, clock.now()),
  }
}
