/** `daily-papers edition hold`, `approve`, `schedule`, `pause`, `resume`, `cancel`, `retry`: each goes into the audit log. */
import type { CommandModule } from 'yargs'
import { approve, cancel, hold, pause, resume, retry, schedule } from '../../operations/editions/steps.js'
import type { Author } from '../../operations/audit.js'
import { givenUp, retryChoices, type RetryOptions } from '../../deliveries/reports/retry-deliveries.js'
import type { Edition } from '../../editions/store.js'
import type { Services } from '../../services.js'
import { cliAuthor } from '../shell/author.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { editionLine, periodAsked, type Which, whichEdition } from './which.js'

type Options = Which & { reason: string | undefined }
type Step = (services: Services, period: string, author: Author) => Promise<Edition>

/** A step that takes no more than a reason. */
const stepCommand =
  (command: string, describe: string, step: Step, usualReason: string | null = null) =>
  (shell: Shell): CommandModule<Common, Options> => ({
    command,
    describe,
    builder: (yargs) =>
      whichEdition(yargs).option('reason', { type: 'string', describe: 'Why, for the audit log' }),
    handler: (which) =>
      withServices(shell, async (services) => {
        const author = cliAuthor(which.reason ?? usualReason)
        const edition = await step(services, periodAsked(which), author)
        shell.output.result(edition, editionLine(edition))
      }),
  })

export const holdCommand = stepCommand('hold', 'Keep it from going out until it is approved', hold)
export const approveCommand = stepCommand('approve', 'Freeze a draft, or let go what is held', approve)
export const pauseCommand = stepCommand('pause', 'Stop sending; what is on the wire is finished', pause)
export const resumeCommand = stepCommand('resume', 'Go on sending where it stopped', resume)
export const cancelCommand = stepCommand(
  'cancel',
  'For good: what did not go out never will',
  cancel,
  'cancelled on the command line',
)

export const scheduleCommand = (shell: Shell): CommandModule<Common, Options & { at: string }> => ({
  command: 'schedule',
  describe: 'Set another time at which it goes out',
  builder: (yargs) =>
    whichEdition(yargs)
      .option('at', { type: 'string', demandOption: true, describe: 'Such as 2026-05-07T08:00:00Z' })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' }),
  handler: (which) =>
    withServices(shell, async (services) => {
      const at = new Date(which.at)
      if (Number.isNaN(at.getTime())) throw new UsageError('--at must be a time such as 2026-05-07T08:00:00Z')
      const edition = await schedule(services, periodAsked(which), at, cliAuthor(which.reason ?? null))
      shell.output.result(edition, `${editionLine(edition)}, goes out at ${at.toISOString()}`)
    }),
})

type Retry = Options & { only: RetryOptions['only']; domain: string | undefined }

export const retryCommand = (shell: Shell): CommandModule<Common, Retry> => ({
  command: 'retry',
  describe: 'Make mails due again: all that were given up, or those that are asked for',
  builder: (yargs) =>
    whichEdition(yargs)
      .option('only', {
        choices: retryChoices,
        array: true,
        default: givenUp,
        describe: 'deferred: now rather than later; failed: rejected or expired; in-doubt: may come twice',
      })
      .option('domain', { type: 'string', describe: 'Only those to this domain' })
      .option('reason', { type: 'string', describe: 'Why, for the audit log' })
      .example('$0 edition retry --date 2026-05-06 --only in-doubt', 'what was held for a human')
      .example('$0 edition retry --date 2026-05-06 --domain example.org', 'after its mail server came back'),
  handler: (which) =>
    withServices(shell, async (services) => {
      const options = { only: which.only, ...(which.domain && { domain: which.domain.toLowerCase() }) }
      const author = cliAuthor(which.reason ?? null)
      const result = await retry(services, periodAsked(which), options, author)
      shell.output.result(
        result,
        `${result.retried} ${result.retried === 1 ? 'mail is' : 'mails are'} due again.`,
      )
    }),
})
