/** `daily-papers papers pin`, `hide`, `return`, `clear`, `order`: what an editor wants of a day's papers. */
import type { CommandModule } from 'yargs'
import { curatePaper, orderPapers, uncuratePaper } from '../../operations/papers/curate.js'
import type { CurationEntry } from '../../papers/ranking/ranking.js'
import { cliAuthor } from '../shell/author.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { type Because, because, type OnDay, onDay, type WithId, withId } from './options.js'

type OnePaper = OnDay & WithId

export const pinCommand = (shell: Shell): CommandModule<Common, OnePaper & { place: number }> => ({
  command: 'pin <id>',
  describe: 'Give a paper a place in the edition of a day, whatever its votes',
  builder: (yargs) =>
    because(withId(onDay(yargs)))
      .option('place', { type: 'number', default: 1, describe: 'From 1' })
      .example('$0 papers pin 2608.01234 --date 2026-08-06 --place 2', ''),
  handler: ({ date, id, place, reason }) =>
    withServices(shell, async (services) => {
      const word = { action: 'pin', position: place } as const
      tell(shell, await curatePaper(services, date, id, word, cliAuthor(reason ?? null)))
    }),
})

const wordCommand =
  (action: 'hide' | 'return', describe: string) =>
  (shell: Shell): CommandModule<Common, OnePaper> => ({
    command: `${action} <id>`,
    describe,
    builder: (yargs) => because(withId(onDay(yargs))),
    handler: ({ date, id, reason }) =>
      withServices(shell, async (services) => {
        const word = { action, position: null }
        tell(shell, await curatePaper(services, date, id, word, cliAuthor(reason ?? null)))
      }),
  })

export const hideCommand = wordCommand('hide', 'Keep a paper out of the edition of a day')
export const returnCommand = wordCommand('return', 'Let a paper in although an edition had it already')

export const clearCommand = (shell: Shell): CommandModule<Common, OnePaper> => ({
  command: 'clear <id>',
  describe: 'Take back what was said of a paper on a day',
  builder: (yargs) => because(withId(onDay(yargs))),
  handler: ({ date, id, reason }) =>
    withServices(shell, async (services) => {
      tell(shell, await uncuratePaper(services, date, id, cliAuthor(reason ?? null)))
    }),
})

export const orderCommand = (shell: Shell): CommandModule<Common, OnDay & Because & { ids: string[] }> => ({
  command: 'order <ids..>',
  describe: 'Keep these papers at the first places in this order; pins of others are taken back',
  builder: (yargs) =>
    because(onDay(yargs))
      .positional('ids', { type: 'string', array: true, demandOption: true, describe: 'Their arXiv ids' })
      .example('$0 papers order 2608.01234 2608.04321 --date 2026-08-06', ''),
  handler: ({ date, ids, reason }) =>
    withServices(shell, async (services) => {
      tell(shell, await orderPapers(services, date, ids, cliAuthor(reason ?? null)))
    }),
})

/** All that is now said of the day's papers. */
function tell(shell: Shell, words: CurationEntry[]): void {
  const lines = words.map(
    ({ paperId, action, position, ordered, reason }) =>
      `${paperId}: ${ordered ? 'at' : action}${position ? ` ${position}` : ''}${reason ? ` (${reason})` : ''}`,
  )
  shell.output.result(words, lines.length > 0 ? lines : 'Nothing is said of the papers of this day.')
}
