/** `daily-papers papers add`: puts a paper on the list of a day. */
import type { CommandModule } from 'yargs'
import { addPaper } from '../../operations/papers/add.js'
import { cliAuthor } from '../shell/author.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { type Because, because, type OnDay, onDay, type Words, withWords, wordsGiven } from './options.js'

type Add = OnDay & Because & Words & { id: string | undefined }

export const addCommand = (shell: Shell): CommandModule<Common, Add> => ({
  command: 'add [id]',
  describe: 'Put a paper on the list of a day, by its arXiv id or by hand',
  builder: (yargs) =>
    because(withWords(onDay(yargs)))
      .positional('id', {
        type: 'string',
        describe: 'An arXiv id or link; words that are not given come from arXiv',
      })
      .example('$0 papers add 2608.01234 --date 2026-08-06', 'title, abstract and authors come from arXiv')
      .example('$0 papers add --date 2026-08-06 --title "A report" --abstract "…"', 'one that arXiv has not'),
  handler: ({ id, date, reason, ...words }) =>
    withServices(shell, async (services) => {
      const input = { ...(id !== undefined && { id }), ...wordsGiven(words) }
      const paper = await addPaper(services, date, input, cliAuthor(reason ?? null))
      shell.output.result(paper, `${paper.id} is on the list of ${date}: ${paper.title}`)
    }),
})
