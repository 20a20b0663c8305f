/** What somebody is here, by all that their line says: whoever opted out elsewhere is not active. */
import { Problem } from '../../../errors.js'
import type { Status } from '../../subscriber.js'
import type { Columns } from './columns.js'

const wordsFor: Record<Status, string> = {
  active: 'active enabled subscribed regular premium gifted trialed churning confirmed opted_in',
  pending:
    'pending unactivated unconfirmed validating nonsubscribed non_subscribed not_subscribed transactional needs_attention not_confirmed unverified waiting churned past_due unpaid',
  unsubscribed:
    'unsubscribed disabled inactive blocklisted blacklisted blocked removed deleted archived paused spammy malicious opted_out opt_out suppressed deactivated banned cancelled canceled',
  bounced: 'bounced unreachable undeliverable cleaned invalid hard_bounced',
  complained: 'complained complaint complaints spam marked_as_spam spam_complaint reported_as_spam',
}

const statusOfWord = new Map(
  (Object.entries(wordsFor) as [Status, string][]).flatMap(([status, words]) =>
    words.split(' ').map((word): [string, Status] => [word, status]),
  ),
)

const gravest: Status[] = ['complained', 'bounced', 'unsubscribed', 'pending', 'active']

const no = /^(?:|0|f|n|no|false|off|none|null|nil|never|n\/?a|-+|\{\}|\[\]|0000-00-00.*)$/i
const yes = /^(?:1|t|y|yes|true|on|x|✓)$/i

/** Whether a cell of a column such as `deleted_at` or `email_disabled` is filled. */
export const isFilled = (cell: string): boolean => !no.test(cell)

/** The gravest of what the cells say; active where they say nothing. @throws Problem for what cannot be understood. */
export function standingOf(columns: Columns, cells: readonly string[]): Status {
  const cell = (index: number) => cells[index] ?? ''
  const said: Status[] = [
    ...columns.statuses.map(({ index }) => statusOf(cell(index), columns.foreign)),
    ...columns.leaving.filter(({ index }) => isFilled(cell(index))).map(({ status }) => status),
    ...columns.consents.map(({ index, header, status }) => {
      if (yes.test(cell(index))) return 'active'
      if (cell(index) !== '' && no.test(cell(index))) return status
      throw new Problem('unprocessable', `the column ${header} says neither yes nor no`)
    }),
  ]
  return gravest.find((status) => said.includes(status)) ?? 'active'
}

function statusOf(given: string, foreign: boolean): Status {
  const word = given.toLowerCase().replaceAll(/[\s-]+/g, '_')
  if (word === '' && !foreign) return 'active'
  const status = statusOfWord.get(word)
  if (status) return status
  const shown = /^[\p{L}\p{N}_]{1,30}$/u.test(word) ? ` ${given}` : ''
  throw new Problem('unprocessable', word ? `the status${shown} is not known` : 'the status is missing')
}
