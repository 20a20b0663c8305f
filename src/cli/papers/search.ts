/** `daily-papers search backtest`: tries the search on questions whose answers are known. */
import type { CommandModule } from 'yargs'
import { counted } from '../../format/readable.js'
import type { Questions } from '../../papers/backtest/search/read-queries.js'
import type { Text } from '../../papers/personal/vectors.js'
import type { SearchReport } from '../../papers/backtest/search/backtest.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'

type Options = Common & { papers: string; queries: string }

export const searchCommand = (shell: Shell): Loaded => ({
  builder: (yargs) => yargs.command(backtestCommand(shell)).demandCommand(1, 'search backtest?'),
  handler: () => {},
})

const backtestCommand = (shell: Shell): CommandModule<Common, Options> => ({
  command: 'backtest',
  describe: 'Does the search find the papers that questions mean?',
  builder: (yargs) =>
    yargs
      .option('papers', {
        type: 'string',
        demandOption: true,
        describe: 'JSON Lines: {"id", "title", "abstract"}',
      })
      .option('queries', {
        type: 'string',
        demandOption: true,
        describe: 'JSON Lines: {"text", "id"}, or {"text"} or {"paper"} with "candidates": [{"id", "grade"}]',
      })
      .example('$0 search backtest --papers papers.jsonl --queries queries.jsonl', ''),
  handler: async ({ papers, queries }) => {
    const [{ searchBacktest }, { readQuestions }, { readTexts }] = await Promise.all([
      import('../../papers/backtest/search/backtest.js'),
      import('../../papers/backtest/search/read-queries.js'),
      import('../../papers/backtest/read-texts.js'),
    ])
    const texts = await readTexts(papers)
    const questions = await readQuestions(queries, (id) => texts.has(id))
    await withServices(shell, async ({ db, config }) => {
      const meaning = await meaningFor(shell, config.meaningModel, texts, questions)
      const indexing = shell.output.progress('Papers', texts.size)
      const asking = shell.output.progress('Questions', questions.meant.length + questions.graded.length)
      const report = await db.transaction('bulk', (tx) =>
        searchBacktest(
          tx,
          texts,
          questions,
          { indexed: (done) => indexing.at(done), asked: (done) => asking.at(done) },
          meaning,
        ),
      )
      asking.end()
      shell.output.result(report, describeReport(report))
    })
  },
})

/** With MEANING_MODEL vectors are tried too, and both together. */
async function meaningFor(shell: Shell, name: string | null, texts: Map<string, Text>, questions: Questions) {
  if (name === null) return null
  const [{ Model }, { trialMeaning }] = await Promise.all([
    import('../../papers/meaning/model.js'),
    import('../../papers/backtest/search/by-meaning.js'),
  ])
  const model = new Model(name)
  const embedding = shell.output.progress('Vectors', texts.size + questions.meant.length)
  try {
    return await trialMeaning(model, texts, questions, (done) => embedding.at(done))
  } finally {
    await model.close()
  }
}

function describeReport({ papers, queries, methods }: SearchReport): string[] {
  const figure = (value: number | null) => (value === null ? '–' : value.toFixed(3))
  const rows = methods.map(({ name, ndcg, recall10, mrr10 }) => [
    name,
    figure(ndcg),
    figure(recall10),
    figure(mrr10),
  ])
  return [
    `${counted(queries, 'question')} and ${counted(papers, 'paper')}.`,
    '',
    ...table(['search by', 'nDCG at a fifth', 'recall at 10', 'MRR at 10'], rows),
  ]
}
