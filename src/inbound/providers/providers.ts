/** The five providers that call directly, in one table; SES comes by way of SNS (`sns.ts`, `ses.ts`). */
import { brevoEvents } from './brevo.js'
import type { Call, Checked } from './call.js'
import type { ProviderEvent, ProviderName } from './event.js'
import { checkMailgun, mailgunEvents } from './mailgun.js'
import { checkOwnSecret } from './own-secret.js'
import { postmarkEvents } from './postmark.js'
import { checkResend, resendEvents } from './resend.js'
import { checkSendGrid, sendGridEvents } from './sendgrid.js'

type Provider = {
  /** @param secret - what is set for this provider; @throws when it is no key at all */
  check(call: Call, secret: string, now: Date): Checked
  /** Only of a call that is genuine. What cannot be read, or is of another kind, is left out. */
  events: (call: Call) => ProviderEvent[]
}

export const providers: Record<Exclude<ProviderName, 'ses'>, Provider> = {
  sendgrid: { check: checkSendGrid, events: sendGridEvents },
  mailgun: { check: checkMailgun, events: mailgunEvents },
  postmark: { check: checkOwnSecret, events: postmarkEvents },
  resend: { check: checkResend, events: resendEvents },
  brevo: { check: checkOwnSecret, events: brevoEvents },
}
