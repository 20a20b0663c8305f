/** The demo's reader: signs up as anybody would, and confirms with the link in the mail. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../errors.js'
import { listOutbox } from '../../mail/outbox.js'
import type { Services } from '../../services.js'
import { confirm } from '../../subscribers/signup/confirm.js'
import { evidenceOf } from '../../subscribers/evidence.js'
import { subscribe } from '../../subscribers/signup/subscribe.js'

export const demoReader = 'reader@example.org'

const evidence = evidenceOf('127.0.0.1', 'the demo', null)
const patienceMs = 30_000

/** True when the reader had confirmed in an earlier run. */
export async function isSubscribed({ db }: Pick<Services, 'db'>): Promise<boolean> {
  return (await db.models.subscriber.count({ where: { emailKey: demoReader, status: 'active' } })) > 0
}

export async function signUp(services: Services): Promise<void> {
  await subscribe({ ...services, dns: null }, { email: demoReader, source: 'demo' }, evidence)
}

/** Waits for the confirmation mail to come to the outbox, and follows its link. */
export async function confirmByMail(services: Services): Promise<void> {
  const token = await mailedToken(services)
  const { outcome } = await services.db.transaction('request', (tx) => confirm(tx, services, token, evidence))
  if (outcome !== 'confirmed') throw new Problem('conflict', `The demo reader's confirmation was ${outcome}.`)
}

async function mailedToken({ config, clock }: Services): Promise<string> {
  const begun = clock.now().getTime()
  while (clock.now().getTime() - begun < patienceMs) {
    const mails = await listOutbox(config.dataDir, 20)
    for (const mail of mails.filter(({ to }) => to.includes(demoReader))) {
      const link = /\/confirm\/([\w.-]+)/.exec(mail.text)
      if (link?.[1]) return link[1]
    }
    await sleep(100)
  }
  throw new Problem('unavailable', 'The confirmation mail did not come to the outbox.')
}
