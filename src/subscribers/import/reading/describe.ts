/** Says how a file was read, in one line. */
import type { Columns } from './columns.js'
import { type Delimiter, delimiterNames } from './delimiter.js'
import type { Encoding } from './encoding.js'

export function describeReading(encoding: Encoding, delimiter: Delimiter, columns: Columns): string {
  const { service, fields, statuses, leaving, consents } = columns
  const out = leaving.map(({ header }) => header)
  const no = consents.map(({ header }) => header)
  return [
    `${service ? `an export of ${service}` : 'a table'} in ${encoding} with ${delimiterNames[delimiter]}`,
    [...fields]
      .map(([field, { header }]) => (field === header ? field : `${field} from ${header}`))
      .join(', '),
    ...(statuses.length > 0 ? [`status from ${statuses.map(({ header }) => header).join(', ')}`] : []),
    ...(out.length > 0 ? [`no mail where ${out.join(', ')} is filled`] : []),
    ...(no.length > 0 ? [`no mail where ${no.join(', ')} says no`] : []),
  ].join('; ')
}
