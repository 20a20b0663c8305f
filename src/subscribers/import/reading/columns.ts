/** Finds in a header row what each column is for, and tells it. */
import { Problem } from '../../../errors.js'
import type { Status } from '../../subscriber.js'
import { consentOf, isDoubtful, leavingOf, wordsOf } from './header.js'
import { ownExport, serviceOf } from './services.js'

/** Fields whose column can be named. */
export const importFields = ['email', 'status', 'frequency', 'timezone', 'source'] as const
type NamedField = (typeof importFields)[number]
export type ColumnNames = Partial<Record<NamedField, string>>

export type Field =
  | Exclude<NamedField, 'status'>
  | 'hour'
  | 'paused_until'
  | 'confirmed_at'
  | 'unsubscribed_at'
  | 'created_at'

type Column = { header: string; index: number }

export type Columns = {
  count: number
  /** The name of the service whose export it is. */
  service: string | null
  /** It is the export of another service, whose good values are taken and whose others are passed over. */
  foreign: boolean
  fields: Map<Field, Column>
  statuses: Column[]
  /** Filled for whoever left; with what they are then. */
  leaving: (Column & { status: Status })[]
  /** Says yes or no; with what they are who say no. */
  consents: (Column & { status: Status })[]
}

const names: Record<Field, string[]> = {
  email: [
    'email',
    'e mail',
    'email address',
    'e mail address',
    'emailaddress',
    'mail',
    'user email address',
    'subscriber email',
  ],
  frequency: ['frequency'],
  timezone: ['timezone', 'time zone'],
  source: ['source'],
  hour: ['hour'],
  paused_until: ['paused until'],
  confirmed_at: ['confirmed at', 'confirm time', 'confirmation date', 'double opt in at', 'optin time'],
  unsubscribed_at: ['unsubscribed at', 'unsubscription date', 'unsub time'],
  created_at: ['created at', 'creation date', 'optin time', 'signup date', 'subscription created at'],
}

/**
 * @param wanted - the header of the column of a field, where it has another name than those that are known.
 * @param ignored - headers of columns that are to be passed over.
 * @throws Problem `invalid` that names a column which is missing, there twice, or may tell who wants no mail
 * and is not known.
 */
export function readHeader(
  headers: readonly string[],
  wanted: ColumnNames,
  ignored: readonly string[],
): Columns {
  const words = headers.map(wordsOf)
  const service = serviceOf(words)
  const find = columnFinder(headers, words, wanted)
  const fields = new Map<Field, Column>()
  for (const field of Object.keys(names) as Field[]) {
    const column = find(field, names[field])
    if (column) fields.set(field, column)
  }
  if (!fields.has('email')) throw noHeader()
  const status = find('status', ['status'])
  const used = new Set([...fields.values(), ...(status ? [status] : [])].map(({ index }) => index))
  const passed = new Set(ignored.map(wordsOf))
  const columns: Columns = {
    count: headers.length,
    service: service?.name ?? null,
    foreign: service !== null && service !== ownExport,
    fields,
    statuses: status ? [status] : [],
    leaving: [],
    consents: [],
  }
  for (const [index, header] of headers.entries()) {
    const text = words[index] ?? ''
    const column = { header, index }
    const leaving = leavingOf(text)
    const consent = consentOf(text)
    if (passed.has(text) || (used.has(index) && !leaving) || service === ownExport) continue
    if (service?.statuses.includes(text)) columns.statuses.push(column)
    else if (leaving) columns.leaving.push({ ...column, status: leaving })
    else if (service?.harmless.includes(text)) continue
    else if (consent) columns.consents.push({ ...column, status: consent })
    else if (isDoubtful(text, words)) throw doubtful(header)
  }
  return columns
}

/** Finds the column of a field by the header that is wanted, or by the first of the names that is there. */
function columnFinder(headers: readonly string[], words: readonly string[], wanted: ColumnNames) {
  return (field: Field | 'status', known: string[]): Column | undefined => {
    const name = wanted[field as NamedField]
    const found = [...headers.keys()].filter((index) =>
      name === undefined
        ? known.includes(words[index] ?? '')
        : headers[index]?.toLowerCase() === name.trim().toLowerCase(),
    )
    if (name !== undefined && found.length === 0) {
      throw new Problem('invalid', `The header row has no column named ${name}.`)
    }
    const ranked = found.sort((a, b) => known.indexOf(words[a] ?? '') - known.indexOf(words[b] ?? ''))
    const [index, other] = ranked
    if (index === undefined) return undefined
    const header = headers[index] ?? ''
    const same = other !== undefined && words[other] === words[index]
    if (same) throw new Problem('invalid', `The column ${header} is there twice. Take one of them out.`)
    if (other !== undefined && field === 'email') {
      throw new Problem(
        'invalid',
        `Both ${header} and ${headers[other]} may hold the address. Say which with --email-column, or emailColumn.`,
      )
    }
    return { header, index }
  }
}

export function noHeader(): Problem {
  return new Problem('invalid', 'The file must begin with a header row that has a column named email.')
}

function doubtful(header: string): Problem {
  return new Problem(
    'invalid',
    `The column ${header} may say who wants no mail, and is not known. Name it with --status-column (statusColumn), or pass it over with --ignore-column (ignoreColumns).`,
  )
}
