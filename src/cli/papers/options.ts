/** Options that the commands about papers share. */
import type { Argv } from 'yargs'
import type { Day } from '../../clock.js'
import type { PaperWords } from '../../papers/edits.js'
import { readDay } from '../shell/days.js'
import type { Common } from '../shell/shell.js'

export type OnDay = Common & { date: Day }
export type Because = Common & { reason: string | undefined }
export type WithId = Because & { id: string }

export const onDay = <T extends Common>(yargs: Argv<T>) =>
  yargs.option('date', {
    type: 'string',
    demandOption: true,
    coerce: readDay,
    describe: 'The listing day, in UTC',
  })

export const because = <T extends Common>(yargs: Argv<T>) =>
  yargs.option('reason', { type: 'string', describe: 'Why, for the audit log' })

export const withId = <T extends Common>(yargs: Argv<T>) =>
  yargs.positional('id', { type: 'string', demandOption: true, describe: 'The arXiv id, such as 2608.01234' })

export type Words = {
  title: string | undefined
  abstract: string | undefined
  summary: string | undefined
  authors: string[] | undefined
  code: string | undefined
  project: string | undefined
}

export const withWords = <T extends Common>(yargs: Argv<T>) =>
  yargs
    .option('title', { type: 'string', describe: 'Its title' })
    .option('abstract', { type: 'string', describe: 'Its abstract' })
    .option('summary', { type: 'string', describe: 'A sentence or two; empty for none' })
    .option('authors', { type: 'string', array: true, describe: 'Their names, each in quotation marks' })
    .option('code', { type: 'string', describe: 'https URL of its code; empty for none' })
    .option('project', { type: 'string', describe: 'https URL of its page; empty for none' })

/** What was given; an empty text takes away what may be absent. */
export function wordsGiven({ title, abstract, summary, authors, code, project }: Words): PaperWords {
  return {
    ...(title !== undefined && { title }),
    ...(abstract !== undefined && { abstract }),
    ...(authors !== undefined && { authors }),
    ...(summary !== undefined && { summary: summary || null }),
    ...(code !== undefined && { codeUrl: code || null }),
    ...(project !== undefined && { projectUrl: project || null }),
  }
}
