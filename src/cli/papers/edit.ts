/** `daily-papers papers edit` and `revert`: an editor's words in place of the source's, and back. */
import type { CommandModule } from 'yargs'
import { editPaper, revertPaper } from '../../operations/papers/edit.js'
import type { EditorsPaper } from '../../operations/papers/read.js'
import { type EditableField, editableFields } from '../../papers/edits.js'
import { cliAuthor } from '../shell/author.js'
import { type Common, type Shell, UsageError } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { because, type WithId, type Words, withId, withWords, wordsGiven } from './options.js'

export const editCommand = (shell: Shell): CommandModule<Common, WithId & Words> => ({
  command: 'edit <id>',
  describe: 'Edit the words of a paper: they stay, whatever the source says later',
  builder: (yargs) =>
    because(withWords(withId(yargs))).example('$0 papers edit 2608.01234 --title "A better title"', ''),
  handler: ({ id, reason, ...given }) => {
    const words = wordsGiven(given)
    if (Object.keys(words).length === 0)
      throw new UsageError('Edit what? Give --title, --abstract or another')
    return withServices(shell, async (services) => {
      const paper = await editPaper(services, id, words, cliAuthor(reason ?? null))
      shell.output.result(paper, lineOf(paper))
    })
  },
})

export const revertCommand = (
  shell: Shell,
): CommandModule<Common, WithId & { field: EditableField[] | undefined }> => ({
  command: 'revert <id>',
  describe: 'Let the source’s words stand again',
  builder: (yargs) =>
    because(withId(yargs)).option('field', {
      choices: editableFields,
      array: true,
      describe: 'Only these; otherwise all',
    }),
  handler: ({ id, field, reason }) =>
    withServices(shell, async (services) => {
      const paper = await revertPaper(services, id, field ?? editableFields, cliAuthor(reason ?? null))
      shell.output.result(paper, lineOf(paper))
    }),
})

const lineOf = ({ id, title, edited }: EditorsPaper) =>
  `${id}: ${title}${edited.length > 0 ? ` (edited: ${edited.join(', ')})` : ''}`
