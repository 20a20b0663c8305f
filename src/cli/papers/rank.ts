/** `daily-papers rank backtest`: tries the ranking and its rivals on recorded days. */
import { readFile } from 'node:fs/promises'
import type { CommandModule } from 'yargs'
import { messageOf, Problem } from '../../errors.js'
import { counted } from '../../format/readable.js'
import { type BacktestReport, backtest } from '../../papers/backtest/backtest.js'
import { type LooksRead, readLooks } from '../../papers/backtest/read-looks.js'
import { readVotes } from '../../papers/backtest/read-votes.js'
import { featureNames } from '../../papers/ranking/features.js'
import { table } from '../shell/output.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'

type Options = Common & { votes: string | undefined; snapshots: string[]; days: string[] }

export const rankCommand = (shell: Shell): Loaded => ({
  builder: (yargs) => yargs.command(backtestCommand(shell)).demandCommand(1, 'rank backtest?'),
  handler: () => {},
})

const backtestCommand = (shell: Shell): CommandModule<Common, Options> => ({
  command: 'backtest',
  describe: 'How well does a choice at sending time foretell the settled top ten?',
  builder: (yargs) =>
    yargs
      .option('votes', {
        type: 'string',
        describe: 'CSV with day, arxiv_id, seen_at, upvotes_then, upvotes_settled and what else is known',
      })
      .option('snapshots', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Folder of DAY__TIME.json, the same days seen at several times',
      })
      .option('days', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Folder of DAY.json; give several to have each day seen more than once',
      })
      .example('$0 rank backtest --votes votes.csv', ''),
  handler: async ({ votes, snapshots, days }) => {
    if (!votes && snapshots.length + days.length === 0) {
      throw new UsageError('Give --votes FILE.csv, --snapshots FOLDER or --days FOLDER')
    }
    const recorded = votes ? readVotes(await readText(votes)) : []
    const looks = await readLooks([...snapshots, ...days])
    const known = new Set(recorded.map((trial) => trial.day))
    const report = backtest([...recorded, ...looks.trials.filter((trial) => !known.has(trial.day))])
    if (!report) throw new Problem('unprocessable', nothingToTry(looks))
    const { onceOnly, unreadable } = looks
    shell.output.result({ ...report, onceOnly, unreadable }, describeReport(report, looks))
  },
})

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Problem('invalid', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** A day that was seen once foretells nothing: there is no later count to hold the choice against. */
function nothingToTry({ onceOnly, unreadable }: LooksRead): string {
  const once =
    onceOnly.length > 0
      ? [`${lookedAtOnce(onceOnly)}: give what was seen at another time, in a second folder.`]
      : []
  const lost = unreadable.slice(0, 5).map((file) => `Not read: ${file}.`)
  return ['No day with at least eight papers was seen twice.', ...once, ...lost].join(' ')
}

const lookedAtOnce = ({ length }: LooksRead['onceOnly']) =>
  `${counted(length, 'day')} ${length === 1 ? 'was' : 'were'} looked at once only`

function describeReport(report: BacktestReport, { onceOnly, unreadable }: LooksRead): string[] {
  const rows = report.formulas.map((formula) => [
    formula.name,
    formula.ndcg.toFixed(4),
    formula.overlap.toFixed(3),
    formula.crossValidated ? 'fitted on the other days' : 'fixed',
  ])
  const weights = featureNames.map((name) => [
    name,
    report.shipped[name].toFixed(3),
    report.fitted?.[name].toFixed(3) ?? null,
  ])
  return [
    `${counted(report.papers, 'paper')} on ${counted(report.days, 'day')}; ${counted(report.leftOut, 'day')} with fewer than eight left out.`,
    ...(onceOnly.length > 0 ? [`${lookedAtOnce(onceOnly)}.`] : []),
    ...unreadable.map((file) => `Not read: ${file}`),
    '',
    ...table(['formula', 'nDCG@10', 'overlap', 'weights'], rows),
    '',
    ...table(['weight', 'shipped', 'fitted here'], weights),
  ]
}
