/** The way out: a page with one button, and the one-click POST of RFC 8058. */
import { Type } from 'typebox'
import { resubscribe, unsubscribe } from '../../subscribers/leaving/leave.js'
import { verify } from '../../subscribers/links.js'
import { type LessMail, lessMail, pauseDays, takeLessMail } from '../../subscribers/preferences/less-mail.js'
import { readPreferences } from '../../subscribers/preferences/preferences.js'
import type { Routes } from '../contract/routes.js'
import { htmlAnswer, pageProblems } from '../contract/schemas.js'
import { nextMail, weeklyDay } from './preferences/next-mail.js'
import { evidenceIn, fieldsOf } from './step/request.js'
import { showPage, showStep, type Step } from './step/step.js'

export const unsubscribeRoutes: Routes = async (app, { services }) => {
  const { db, clock } = services
  const { publication } = services.config
  const subscriberOf = (token: string) => {
    const link = verify(services.secrets, 'unsubscribe', token, clock.now())
    return link.state === 'valid' ? link.subscriberId : null
  }
  app.get('/unsubscribe/:token', { schema: schemaOf('The page of an unsubscribe link') }, (request, reply) =>
    showStep(services, reply, subscriberOf(request.params.token) === null ? unknown : ask(publication)),
  )
  app.post(
    '/unsubscribe/:token',
    { schema: schemaOf('Unsubscribe'), config: { anyBody: true } },
    async (request, reply) => {
      const id = subscriberOf(request.params.token)
      if (id === null) return showStep(services, reply, unknown)
      const { action, reason, words } = fieldsOf(request)
      const evidence = evidenceIn(request)
      const less = lessMail.find((one) => one === action)
      if (action === 'resubscribe' || less) {
        const reader = await db.transaction('request', async (tx) => {
          if (less) return takeLessMail(tx, { clock, zone: services.config.timezone }, id, less, evidence)
          return (await resubscribe(tx, clock, id, evidence)) ? readPreferences(tx, id) : null
        })
        if (!reader) return showStep(services, reply, tooLate)
        const words = nextMail(services.config, reader, clock.now())
        return showStep(services, reply, less ? lessFromNow(words) : backAgain(words))
      }
      const why = [reason, words].filter(Boolean).join(': ')
      // A subscriber that is gone altogether has left as well.
      await db.transaction('request', (tx) => unsubscribe(tx, clock, id, evidence, why || undefined))
      return showPage(services, reply, 'pages/reader/goodbye.eta', {
        title: 'Goodbye',
        told: why !== '',
        reasons,
        less: lessPresses,
      })
    },
  )
}

const schemaOf = (summary: string) => ({
  summary,
  description:
    'GET and HEAD change nothing. Any POST unsubscribes (RFC 8058) and may be repeated; `reason` says why, `action=resubscribe` takes it back within a day; `action=weekly` and `action=pause` take less mail in place of leaving.',
  tags: ['pages'],
  params: Type.Object({ token: Type.String({ maxLength: 200 }) }),
  response: { 200: htmlAnswer('The page'), ...pageProblems('not-found', 'gone') },
})

const reasons = [
  { value: 'too often', label: 'It comes too often' },
  { value: 'not my field', label: 'The papers are not what I work on' },
  { value: 'elsewhere', label: 'I read them elsewhere' },
  { value: 'never asked', label: 'I never asked for it' },
]

const lessPresses: { value: LessMail; label: string }[] = [
  { value: 'weekly', label: `Once a week, on ${weeklyDay}s` },
  { value: 'pause', label: `Take a ${pauseDays}-day break` },
]

const ask = (publication: string): Step => ({
  heading: `Leave ${publication}?`,
  paragraphs: ['Press the button, and no more mail comes to your address.'],
  press: { label: 'Unsubscribe' },
  instead: { words: 'Or would you rather have less mail?', presses: lessPresses },
})

const backAgain = (next: string): Step => ({
  heading: 'Good to have you back',
  paragraphs: [`Everything is as it was before. ${next}`],
  links: [{ label: 'Today’s papers', href: '/' }],
})

const lessFromNow = (next: string): Step => ({
  heading: 'You’ll get less mail from now on',
  paragraphs: [next, 'Every mail has a link at its foot to change that, or to leave.'],
  links: [{ label: 'Today’s papers', href: '/' }],
})

const tooLate: Step = {
  status: 410,
  heading: 'It has been too long for that',
  paragraphs: [
    'A click brings a subscription back for a day after leaving. But you can simply sign up again.',
  ],
  signup: 'subscribe',
}

const unknown: Step = {
  status: 404,
  heading: 'This link is not one of ours',
  paragraphs: [
    'Perhaps a mail program cut it in two: open it from the mail once more, or copy it whole. Every mail we send has one at its foot. Otherwise give your address, and a mail with a link comes to you.',
  ],
  signup: 'link',
}
