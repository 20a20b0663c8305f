/** `daily-papers stats`: how the list grows, and how its mail fares. */
import { byDomain, byEdition, growth } from '../../operations/figures/statistics.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

type Stats = Common & { days: number }

export const statsCommand = (shell: Shell): Loaded<Stats> => ({
  builder: (yargs) =>
    yargs
      .option('days', { type: 'number', default: 7, describe: 'Of so many days' })
      .example('$0 stats --days 30 --json', ''),
  handler: ({ days }) =>
    withServices(shell, async ({ db, clock }) => {
      const now = clock.now()
      const grown = await growth(db, days, now)
      const editions = await byEdition(db, days)
      const domains = await byDomain(db, days, 20, now)
      const fates = ['owed', 'accepted', 'deferred', 'rejected', 'left out', 'unsubscribed']
      const fateOf = (row: (typeof editions | typeof domains)[number]) => [
        row.owed,
        row.accepted,
        row.deferred,
        row.rejected,
        row.leftOut,
        row.unsubscribed,
      ]
      shell.output.result({ growth: grown, editions, domains }, [
        ...table(
          ['day', 'active', 'joined', 'left'],
          grown.map((row) => [row.day, row.active, row.joined, row.left]),
        ),
        '',
        ...table(
          ['edition', ...fates],
          editions.map((row) => [row.period, ...fateOf(row)]),
        ),
        '',
        ...table(
          ['domain', ...fates],
          domains.map((row) => [row.domain, ...fateOf(row)]),
        ),
      ])
    }),
})
