/** The steps of the demo, each by the verb that does it in earnest; a step that an earlier run took is passed over. */
import { createKey, listKeys, revokeKey } from '../../operations/keys/keys.js'
import type { Day } from '../../clock.js'
import { sendingParts } from '../../deliveries/sender/create-sender.js'
import { sendEdition } from '../../deliveries/sender/send-edition.js'
import { buildEdition } from '../../editions/building/build.js'
import { approveEdition } from '../../editions/building/steer.js'
import type { Edition } from '../../editions/store.js'
import { Problem } from '../../errors.js'
import { ingestDay } from '../../papers/ingest.js'
import type { Services } from '../../services.js'
import { cliAuthor } from '../shell/author.js'
import type { Shell } from '../shell/shell.js'
import { confirmByMail, isSubscribed, signUp } from './reader.js'
import type { Sample } from './sample.js'
import { step } from './step.js'

/** What there is to look at when the steps are done. */
export type Shown = { day: Day; subject: string; adminKey: string }

export async function takeSteps(shell: Shell, services: Services, sample: Sample): Promise<Shown> {
  const papers = () => loadPapers(services, sample)
  await step(shell, papers, (count) => `${count} sample papers of ${sample.days.length} days are loaded`)
  if (!(await isSubscribed(services))) {
    await step(
      shell,
      () => signUp(services),
      () => 'A demo reader has signed up',
    )
    await step(
      shell,
      () => confirmByMail(services),
      () => 'The reader has confirmed with the link in the mail',
    )
  }
  const day = sample.days.at(-1) as Day
  const edition = await step(
    shell,
    () => build(services, day),
    ({ papers }) => `The edition of ${day} is built and frozen: ${papers?.length ?? 0} papers`,
  )
  const sent = () => send(shell, services, edition.id)
  await step(shell, sent, (accepted) => `The edition is sent: ${accepted} in the outbox`)
  const adminKey = await makeKey(services)
  return { day, subject: edition.subject ?? '', adminKey }
}

async function loadPapers(services: Services, { source, days }: Sample): Promise<number> {
  let papers = 0
  for (const day of days) papers += (await ingestDay(services, source, day)).papers
  return papers
}

async function build(services: Services, day: Day): Promise<Edition> {
  const { edition } = await buildEdition(services, 'daily', day)
  // Someone who plays with the demo may have grown its audience by a leap.
  if (edition.status === 'held') {
    return services.db.transaction('job', (tx) => approveEdition(tx, services, edition.id))
  }
  if (!edition.papers) {
    throw new Problem('conflict', `The sample edition is ${edition.status}: ${edition.reason ?? 'no reason'}`)
  }
  return edition
}

async function send(shell: Shell, services: Services, editionId: number): Promise<number> {
  const summary = await sendEdition(sendingParts(services), editionId, { signal: shell.stopped })
  if (summary.whole) return summary.byStatus.accepted
  throw new Problem('unavailable', `The edition is ${summary.status}; ${summary.open} mails are still to go.`)
}

/** A key is shown once; so each run makes one, and ends that of the run before. */
function makeKey({ db, clock }: Services): Promise<string> {
  const author = cliAuthor('demo')
  return db.transaction('request', async (tx) => {
    const keys = await listKeys(tx, clock)
    const former = keys.filter(({ name, state }) => name === 'demo' && state === 'valid')
    for (const { id } of former) await revokeKey(tx, clock, id, author)
    return (await createKey(tx, clock, { name: 'demo', scopes: ['*'] }, author)).key
  })
}
