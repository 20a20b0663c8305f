/** `daily-papers edition send`: sends until nothing is left to do. */
import type { CommandModule } from 'yargs'
import { dryRun } from '../../operations/editions/audience.js'
import { sendingParts } from '../../deliveries/sender/create-sender.js'
import { type SendSummary, sendEdition } from '../../deliveries/sender/send-edition.js'
import { buildEdition } from '../../editions/building/build.js'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { periodAsked, requireEdition, type Which, whichEdition } from './which.js'

type Options = Which & { 'dry-run': boolean }

export const sendCommand = (shell: Shell): CommandModule<Common, Options> => ({
  command: 'send',
  describe: 'Build it if need be, and send until nothing is left to do',
  builder: (yargs) =>
    whichEdition(yargs)
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only say who would get it' })
      .example('$0 edition send --date 2026-05-06', 'ends with 0 only when all of it is out'),
  handler: (which) =>
    withServices(
      shell,
      async (services) => {
        if (which.dryRun) return foretell(shell, services, which)
        const { edition } = await buildEdition(services, which.kind, periodAsked(which))
        if (!edition.papers || edition.status === 'held' || edition.status === 'cancelled') {
          const why = edition.reason ? `: ${edition.reason}` : ''
          throw new Problem('conflict', `The edition is ${edition.status}${why}. Nothing was sent.`)
        }
        const bar = shell.output.progress(`edition of ${edition.period}`, 0)
        const sent = await sendEdition(sendingParts(services), edition.id, {
          onProgress: ({ done, owed, ...speed }) => bar.at(done, owed, speed),
          signal: shell.stopped,
        }).finally(() => bar.end())
        if (!sent.whole) shell.status = 1
        shell.output.result({ period: edition.period, ...sent }, describe(which, sent))
        if (shell.stopped.aborted) throw shell.stopped.reason
      },
      // It stops by itself, and in order: what is on the wire is settled.
      { serves: true, logLevel: 'warn' },
    ),
})

/** Builds nothing and sends nothing. */
async function foretell(shell: Shell, services: Services, which: Which): Promise<void> {
  const forecast = await dryRun(services, await requireEdition(services.db, which))
  const findings = forecast.findings.map(({ gate, detail }) => `Held by ${gate}: ${detail}`)
  shell.output.result(forecast, [forecast.summary, ...findings])
}

function describe(which: Which, sent: SendSummary): string[] {
  const { status, byStatus, owed, open, held, whole } = sent
  const others = Object.entries(byStatus).filter(([name, count]) => count > 0 && name !== 'accepted')
  const rest = others.map(([name, count]) => `, ${count} ${name.replace('_', ' ')}`).join('')
  const line = `Edition of ${periodAsked(which)} is ${status}: ${byStatus.accepted} of ${owed} accepted${rest}.`
  if (whole) return [line]
  const kind = which.kind === 'daily' ? '' : ` --kind ${which.kind}`
  const left = open + held > 0 ? `${open} still to go, ${held} held in doubt. ` : ''
  return [line, `${left}Why: daily-papers edition report --date ${which.date}${kind}`]
}
