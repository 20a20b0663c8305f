/** `daily-papers edition report`: how many got it, who did not, and why. */
import type { CommandModule } from 'yargs'
import { type EditionReport, editionReport, notReached } from '../../deliveries/reports/report.js'
import type { Db } from '../../db/client.js'
import { Problem } from '../../errors.js'
import type { Measured } from '../../deliveries/measuring/count.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { requireEdition, type Which, whichEdition } from './which.js'

type Options = Which & { all: boolean }

export const reportCommand = (shell: Shell): CommandModule<Common, Options> => ({
  command: 'report',
  describe: 'How many got it, how many did not and why; ends with 1 while some row has no end',
  builder: (yargs) =>
    whichEdition(yargs)
      .option('all', { type: 'boolean', default: false, describe: 'List everybody who did not get it' })
      .example('$0 edition report --date 2026-05-06 --all --json', ''),
  handler: (which) =>
    withServices(shell, async ({ db }) => {
      const edition = await requireEdition(db, which)
      const report = await editionReport(db, edition.id)
      if (!report) throw new Problem('not-found', 'The edition is gone.')
      const missed = which.all ? await everybodyMissed(db, edition.id) : undefined
      if (!isOver(report)) shell.status = 1
      const lines = [...describe(report), ...(missed ? missedLines(missed) : [])]
      shell.output.result({ ...report, ...(missed && { notReached: missed }) }, lines)
    }),
})

type Missed = Awaited<ReturnType<typeof notReached>>

const isOver = ({ byStatus }: EditionReport): boolean =>
  byStatus.due + byStatus.claimed + byStatus.deferred + byStatus.in_doubt === 0

async function everybodyMissed(db: Db, editionId: number): Promise<Missed> {
  const all: Missed = []
  for (let after = '0'; ; after = all.at(-1)?.id ?? after) {
    const page = await notReached(db, editionId, { after, limit: 1_000 })
    all.push(...page)
    if (page.length < 1_000) return all
  }
}

function describe(report: EditionReport): string[] {
  const statuses = Object.entries(report.byStatus).filter(([, count]) => count > 0)
  const tries = Object.entries(report.attempts).map(([how, count]) => `${count} ${how.replace('_', ' ')}`)
  const lines = [
    `${report.kind} edition of ${report.period}: ${report.status}, ${report.owed} owed`,
    ...(report.reason ? [`Why: ${report.reason}`] : []),
    ...statuses.map(([status, count]) => `  ${String(count).padStart(9)}  ${status.replace('_', ' ')}`),
    `Tries: ${tries.join(', ')}`,
    ...(report.measured ? measuredLines(report.measured) : []),
  ]
  if (report.notSent.length > 0) {
    const rows = report.notSent.map(({ count, status, why }) => [count, status, why])
    lines.push('', ...table(['count', 'status', 'why'], rows))
  }
  return lines
}

/** Three figures for each: what a machine did is no reading. */
const measuredLines = ({ opens, clicks }: Measured): string[] =>
  Object.entries({ 'Opened by': opens, 'Followed by': clicks }).map(
    ([what, { person, likely, machine, unknown }]) =>
      `${what}: ${person + likely} people (${person} proven by a button), ${machine} machines, ${unknown} unknown`,
  )

/** Ids and domains: whoever reads them may look the address up. */
function missedLines(missed: Missed): string[] {
  const rows = missed.map(({ subscriberId, domain, status, why }) => [subscriberId, domain, status, why])
  return ['', ...table(['subscriber', 'domain', 'status', 'why'], rows)]
}
