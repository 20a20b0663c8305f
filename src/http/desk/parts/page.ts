/** What a page of the dashboard is: its path, the scope it needs, what it shows. */
import { type Static, Type } from 'typebox'
import type { Services } from '../../../services.js'
import { decodeCursor } from '../../../format/cursor.js'
import type { Author } from '../../../operations/audit.js'
import type { Scope } from '../../../operations/keys/scopes.js'

const text = (maxLength: number) => Type.String({ maxLength, default: '' })
const word = Type.String({ pattern: '^[a-z_.-]*$', maxLength: 30, default: '' })

export const pageQuery = Type.Object({
  q: text(254),
  status: word,
  kind: word,
  reason: word,
  frequency: word,
  sort: Type.String({ pattern: '^(-?(createdAt|email))?$', default: '' }),
  domain: text(253),
  code: Type.String({ pattern: '^([2-5]\\d\\d)?$', default: '' }),
  reader: text(320),
  who: text(200),
  action: text(200),
  target: text(200),
  days: Type.Integer({ minimum: 1, maximum: 366, default: 30 }),
  date: text(10),
  cursor: text(1000),
})

export const pageParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: 2_147_483_647, default: 1 }),
  period: Type.String({ pattern: '^(\\d{4}-(\\d{2}-\\d{2}|W\\d{2}))?$', default: '' }),
  paper: Type.String({ maxLength: 60, pattern: '^[\\w./-]*$', default: '' }),
})

/** What a page is asked with, already checked for its shape; an empty text is a field left empty. */
export type Asked = Static<typeof pageQuery> & Static<typeof pageParams>

export type DashboardPage = {
  path: string
  title: string
  template: string
  scope: Scope
  /** The path of the section it belongs to; pages without are sections themselves. */
  within?: string
  load: (services: Services, asked: Asked, may: (scope: Scope) => boolean, author: Author) => Promise<object>
}

export const pageSize = 50

/** Those of the filters that were filled in. */
export function filled<K extends keyof Asked>(asked: Asked, ...names: K[]): { [N in K]?: string } {
  const given = names.filter((name) => asked[name] !== '').map((name) => [name, String(asked[name])])
  return Object.fromEntries(given) as { [N in K]?: string }
}

/** The entry that the page before ended with. */
export const beforeOf = (cursor: string, type: 'bigint' | 'int'): string | null =>
  cursor ? (decodeCursor(cursor, type)[0] ?? null) : null
