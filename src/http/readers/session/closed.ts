/** What whoever comes to the preferences without a session is told. */
import type { Step } from '../step/step.js'

export const closed: Step = {
  status: 401,
  heading: 'Please open the link in your mail once more',
  paragraphs: [
    'Your preferences stay open for half an hour. The link at the foot of each mail opens them again.',
    'No mail at hand? Give your address, and one with a link comes to you.',
  ],
  signup: 'link',
}
