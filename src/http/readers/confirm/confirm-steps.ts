/** What the page of a confirmation link says, for each state of the link and each outcome. */
import type { Confirmed, TokenState } from '../../../subscribers/signup/confirm.js'
import type { Step } from '../step/step.js'

/** What the pages tell of. */
export type Around = {
  publication: string
  /** Whether an edition is out, which the welcome then brings. */
  edition: boolean
}

export function stepOfState(state: TokenState, around: Around): Step {
  if (state.state === 'unknown') return unknown
  if (state.state === 'live') return state.kind === 'confirm' ? ask(around) : askChange(around)
  return spent(state.state, state.kind, around)
}

export function stepOfOutcome(outcome: Confirmed, around: Around): Step {
  switch (outcome.outcome) {
    case 'confirmed':
      return confirmed(around)
    case 'changed':
      return changed
    case 'taken':
      return taken
    case 'refused':
      return spent('used', outcome.kind, around)
    case 'unknown':
      return unknown
    default:
      return spent(outcome.outcome, outcome.kind, around)
  }
}

const ask = ({ publication, edition }: Around): Step => ({
  heading: 'One click and you are in',
  paragraphs: [
    `Press the button, and ${publication} comes to your inbox, ${edition ? 'the newest edition at once' : 'from the first edition on'}.`,
  ],
  press: { label: 'Confirm my subscription' },
})

const askChange = ({ publication }: Around): Step => ({
  heading: 'Confirm your new address',
  paragraphs: [`Press the button, and ${publication} comes to this address from now on.`],
  press: { label: 'Use this address' },
})

const confirmed = ({ publication, edition }: Around): Step => ({
  heading: 'Welcome!',
  paragraphs: [
    edition
      ? `You are in. The newest edition of ${publication} is on its way to you, so that the first mail is worth having.`
      : `You are in. A word of welcome is on its way to you, and ${publication} follows with its first edition.`,
    'Every mail has a link at its foot to change how often it comes, and another one to leave.',
  ],
  links: [
    { label: 'Choose how often and when it comes', href: '/preferences' },
    { label: 'Choose what you follow', href: '/preferences/interests' },
    { label: 'Read today’s papers meanwhile', href: '/' },
  ],
})

const changed: Step = {
  heading: 'Your address is changed',
  paragraphs: [
    'From now on mail comes to this address. We have told the old one, and links of mails that went to it no longer open your preferences.',
  ],
  links: [{ label: 'Today’s papers', href: '/' }],
}

const taken: Step = {
  status: 409,
  heading: 'This address has a subscription already',
  paragraphs: [
    'So there is nothing to move: mail comes here as it is. You can end the other subscription with the link at the foot of its mails.',
  ],
}

export const renewed: Step = {
  heading: 'Check your inbox',
  paragraphs: [
    'A new mail with a new button is on its way, unless one was sent within the last hour. It works for seven days.',
  ],
}

export const tooBusy: Step = {
  status: 429,
  heading: 'Too many mails just now',
  paragraphs: [
    'Very many people ask for mails at the moment. Please press the button again in a few minutes.',
  ],
  press: { label: 'Send me a new mail', fields: { action: 'renew' } },
}

const unknown: Step = {
  status: 404,
  heading: 'This link is not one of ours',
  paragraphs: [
    'Perhaps a mail program cut it in two: open it from the mail once more, or copy it whole. Otherwise ask for a new mail here.',
  ],
  signup: 'subscribe',
}

function spent(
  state: 'used' | 'expired' | 'replaced',
  kind: 'confirm' | 'change',
  { publication }: Around,
): Step {
  if (state === 'used') return usedStep(kind, publication)
  const because =
    state === 'expired'
      ? 'Links of confirmation mails work for seven days, and this one is older.'
      : 'A newer mail was sent since, and only its button works. Look for the newest one in your inbox.'
  const heading = state === 'expired' ? 'This link has expired' : 'There is a newer mail'
  return kind === 'confirm'
    ? {
        status: 410,
        heading,
        paragraphs: [because],
        press: { label: 'Send me a new mail', fields: { action: 'renew' } },
      }
    : {
        status: 410,
        heading,
        paragraphs: [
          because,
          'You can ask for the change once more in the preferences, linked at the foot of each mail.',
        ],
      }
}

const usedStep = (kind: 'confirm' | 'change', publication: string): Step => ({
  heading: 'You have pressed this button before',
  paragraphs: [
    kind === 'confirm'
      ? `That was enough: this address was confirmed for ${publication}. If mail does not arrive, look in the spam folder. If you have left since, or are not sure, a mail tells you how things stand.`
      : 'That was enough: the change of address is done.',
  ],
  ...(kind === 'confirm' && {
    press: { label: 'Send me a new mail', fields: { action: 'renew' }, quiet: true },
  }),
  links: [{ label: 'Today’s papers', href: '/' }],
})
