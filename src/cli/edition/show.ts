/** `daily-papers edition show`: its state and its papers, or the mail itself. */
import type { CommandModule } from 'yargs'
import type { Services } from '../../services.js'
import { type Edition, readCompiled } from '../../editions/store.js'
import { Problem } from '../../errors.js'
import { table } from '../shell/output.js'
import type { Common, Shell } from '../shell/shell.js'
import { withServices } from '../shell/with-services.js'
import { editionLine, requireEdition, type Which, whichEdition } from './which.js'

type Options = Which & { as: 'summary' | 'text' | 'html' }

const forms: Options['as'][] = ['summary', 'text', 'html']

export const showCommand = (shell: Shell): CommandModule<Common, Options> => ({
  command: 'show',
  describe: 'Show its state and its papers, or the mail itself',
  builder: (yargs) =>
    whichEdition(yargs)
      .option('as', { choices: forms, default: 'summary' as const, describe: 'text and html print the mail' })
      .example('$0 edition show --date 2026-05-06 --as html > edition.html', ''),
  handler: (which) =>
    withServices(shell, async (services) => {
      const edition = await requireEdition(services.db, which)
      if (which.as === 'summary') shell.output.result(edition, summary(edition))
      else {
        const mail = await mailOf(services, edition, which.as)
        shell.output.result({ [which.as]: mail }, mail)
      }
    }),
})

function summary(edition: Edition): string[] {
  const lines = [editionLine(edition)]
  if (edition.subject) lines.push(`Subject: ${edition.subject}`)
  if (edition.sendAt) lines.push(`Goes out: ${edition.sendAt.toISOString()}`)
  const rows = (edition.papers ?? []).map((paper) => [
    paper.rank,
    paper.votes,
    paper.comments,
    paper.id,
    paper.title,
  ])
  return rows.length > 0
    ? [...lines, '', ...table(['rank', 'votes', 'comments', 'id', 'title'], rows)]
    : lines
}

async function mailOf({ db }: Services, edition: Edition, form: 'text' | 'html'): Promise<string> {
  const compiled = await readCompiled(db, edition.id)
  if (!compiled) throw new Problem('conflict', `The edition is ${edition.status} and has no mail.`)
  const { head, cards, foot } = compiled[form]
  return head + cards.join('') + foot
}
