/** `daily-papers personal backtest`: tries the ranking for one reader on what readers liked. */
import type { CommandModule } from 'yargs'
import { counted } from '../../format/readable.js'
import type { PersonalReport } from '../../papers/backtest/personal/backtest.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'

type Options = Common & { papers: string; readers: string }

export const personalCommand = (shell: Shell): Loaded => ({
  builder: (yargs) => yargs.command(backtestCommand(shell)).demandCommand(1, 'personal backtest?'),
  handler: () => {},
})

const backtestCommand = (shell: Shell): CommandModule<Common, Options> => ({
  command: 'backtest',
  describe: 'Does the ranking for one reader find what they liked among other papers?',
  builder: (yargs) =>
    yargs
      .option('papers', {
        type: 'string',
        demandOption: true,
        describe: 'JSON Lines: {"id", "title", "abstract"}',
      })
      .option('readers', {
        type: 'string',
        demandOption: true,
        describe: 'JSON Lines: {"reader", "seen": [{"id", "liked", "at"}]}; the time is optional',
      })
      .example('$0 personal backtest --papers papers.jsonl --readers readers.jsonl', ''),
  handler: async ({ papers, readers }) => {
    const [{ personalBacktest }, { readReaders }, { readTexts }, { vectorsOf }] = await Promise.all([
      import('../../papers/backtest/personal/backtest.js'),
      import('../../papers/backtest/personal/read-readers.js'),
      import('../../papers/backtest/read-texts.js'),
      import('../../papers/personal/vectors.js'),
    ])
    const texts = await readTexts(papers)
    const trials = await readReaders(readers, (id) => texts.has(id))
    const corpus = vectorsOf([...texts.values()])
    texts.clear()
    const bar = shell.output.progress('Readers', trials.length)
    const report = personalBacktest(corpus, trials, (done) => bar.at(done))
    bar.end()
    shell.output.result(report, describeReport(report))
  },
})

function describeReport({ papers, readers, heldOut, blend, methods }: PersonalReport): string[] {
  const rows = methods.map(({ name, ndcg10, mrr, auc }) => [
    name,
    ndcg10.toFixed(3),
    mrr.toFixed(3),
    auc.toFixed(3),
  ])
  const weights = Object.entries(blend).map(([signal, weight]) => `${signal} ${weight.toFixed(2)}`)
  return [
    `${counted(readers, 'reader')} and ${counted(papers, 'paper')}; ${counted(heldOut, 'liked paper')} held out, each among 100 others.`,
    '',
    ...table(['ranking', 'nDCG@10', 'MRR', 'AUC'], rows),
    '',
    `Blend of the shipped ranking: ${weights.join(', ')}.`,
  ]
}
