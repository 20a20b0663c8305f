/** `daily-papers ingest`: looks at the source for a day. */
import type { Day } from '../../clock.js'
import { fileSource } from '../../papers/sources/file.js'
import { hubSource } from '../../papers/sources/hub.js'
import { type IngestReport, lookBack } from '../../papers/ingest.js'
import { readDay } from '../shell/days.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

/** A source that is away is not asked for years, each of them with patience. */
const giveUpAfter = 3

type Options = Common & { date: Day; back: number; file: string | undefined }

export const ingestCommand = (shell: Shell): Loaded<Options> => ({
  builder: (yargs) =>
    yargs
      .option('date', {
        type: 'string',
        demandOption: true,
        coerce: readDay,
        describe: 'The listing day, in UTC',
      })
      .option('back', { type: 'number', default: 0, describe: 'Look also at so many days before it' })
      .option('file', {
        type: 'string',
        describe: 'Take the papers of the day from a file of JSON or JSON Lines instead',
      })
      .example('$0 ingest --date 2026-05-06 --back 2', 'the day and the two before it'),
  handler: ({ date, back, file }) =>
    withServices(shell, async (services) => {
      const source = file
        ? fileSource(file)
        : hubSource({ baseUrl: services.config.papersApiUrl, clock: services.clock })
      const reports = await lookBack(services, source, date, back + 1, giveUpAfter)
      if (reports.some((report) => report.outcome === 'failed')) shell.status = 1
      const unasked = back + 1 - reports.length
      if (unasked > 0) {
        const away = `The source has failed for ${giveUpAfter} days in a row: ${unasked} more were not asked for.`
        shell.output.remark(away)
      }
      shell.output.result(reports, reports.map(describeLook))
    }),
})

/** One line about a look. */
export function describeLook({ day, outcome, papers, added, skipped, fault }: IngestReport): string {
  if (outcome === 'failed') return `${day}: the source failed: ${fault}`
  if (outcome === 'empty') return `${day}: no papers`
  return `${day}: ${papers} papers, ${added} new${skipped > 0 ? `, ${skipped} unreadable: ${fault}` : ''}`
}
