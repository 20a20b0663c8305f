/** What whoever comes with a link to a reader's own pages that opens nothing is told. */
import type { Step } from '../step/step.js'

export function refusalOf(state: 'unknown' | 'expired' | 'ended'): Step {
  return state === 'unknown' ? unknown : over(state)
}

const unknown: Step = {
  status: 404,
  heading: 'This link is not one of ours',
  paragraphs: [
    'Perhaps a mail program cut it in two: open it from the mail once more, or copy it whole. The newest mail has links that work.',
  ],
}

const over = (state: 'expired' | 'ended'): Step => ({
  status: 410,
  heading: 'This link opens nothing any more',
  paragraphs: [
    state === 'expired'
      ? 'Links in a mail to pages of your own work for thirty days. The newest mail has some that work.'
      : 'Since it was mailed, the subscription has moved to another address, has ended, or everything was signed out. The newest mail has links that work.',
    'No newer mail at hand? Give your address, and one with a link to your preferences comes to you.',
  ],
  signup: 'link',
})

export const foreign: Step = {
  status: 403,
  heading: 'Please press the button on our own page',
  paragraphs: ['The form came from another site, so nothing was changed.'],
}
