/** `daily-papers restored` and `resume`: holds all sending after a restore, and goes on. */
import { holdAllSending, resumeSending } from '../../operations/resume.js'
import { isDay } from '../../clock.js'
import type { Hold } from '../../db/continuity/stamp.js'
import { inWords, type WouldGoOut, whatWouldGoOut } from '../../deliveries/editions/pass-over.js'
import { cliAuthor } from '../shell/author.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

type Reason = Common & { reason: string | undefined }

export const restoredCommand = (shell: Shell): Loaded<Reason> => ({
  builder: (yargs) => yargs.option('reason', { type: 'string', describe: 'Why, for the audit log' }),
  handler: ({ reason }) =>
    withServices(shell, async (services) => {
      const hold = await holdAllSending(services, cliAuthor(reason ?? null))
      const waiting = await whatWouldGoOut(services.db, services.clock.now())
      shell.output.result({ ...hold, wouldGoOut: waiting }, holdLines(hold, waiting))
    }),
})

type Resume = Reason & { from: string }

export const resumeCommand = (shell: Shell): Loaded<Resume> => ({
  builder: (yargs) =>
    yargs
      .option('from', {
        type: 'string',
        demandOption: true,
        describe: 'now: all that was due is taken as gone out; a day: its edition is the first that goes out',
      })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' })
      .example('$0 resume --from now', 'nothing goes out twice')
      .example('$0 resume --from 2026-05-06', 'the edition of that day had not gone out yet'),
  handler: ({ from, reason }) =>
    withServices(shell, async (services) => {
      if (from !== 'now' && !isDay(from)) throw new UsageError('--from takes now or a day such as 2026-05-06')
      const resumed = await resumeSending(services, from, cliAuthor(reason ?? null))
      const mails = resumed.passedOver === 1 ? 'mail is' : 'mails are'
      shell.output.result(resumed, `Sending goes on; ${resumed.passedOver} ${mails} taken as gone out.`)
    }),
})

/** What the hold is, what it keeps back, and how to go on. */
export function holdLines({ since, why }: Hold, waiting: WouldGoOut): string[] {
  const mails = inWords(waiting)
  return [
    `All sending is held since ${since.toISOString()}. ${why}`,
    mails.length > 0 ? `It would go out now: ${mails.join('; ')}.` : 'Nothing is due now.',
    'Go on: daily-papers resume --from now, or --from the day of the first edition that is to go out.',
  ]
}
