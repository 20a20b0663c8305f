/** Opaque cursors: where the next page of a list begins. */
import { isDay } from '../clock.js'
import { Problem } from '../errors.js'

type Part = string | number

export function encodeCursor(parts: Part[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** What a part must be, since the database would refuse others with a fault of ours. */
export type PartType = 'int' | 'bigint' | 'timestamptz' | 'day' | 'text'

/**
 * The parts of a cursor that we handed out.
 * @throws Problem `invalid` for anything else.
 */
export function decodeCursor(cursor: string, ...types: PartType[]): string[] {
  const parts = parse(cursor)
  if (!Array.isArray(parts) || parts.length !== types.length) return refuse()
  return types.map((type, i) => {
    const part: unknown = parts[i]
    const text = typeof part === 'number' ? String(part) : part
    return typeof text === 'string' && fits[type](text) ? text : refuse()
  })
}

const fits: Record<PartType, (text: string) => boolean> = {
  int: (text) => /^-?\d{1,9}$/.test(text) || (/^\d{10}$/.test(text) && Number(text) <= 2_147_483_647),
  bigint: (text) => /^\d{1,18}$/.test(text),
  timestamptz: (text) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  day: isDay,
  text: (text) => !text.includes('\0'),
}

function refuse(): never {
  throw new Problem('invalid', 'This cursor is not one of ours.')
}

/** The first `limit` of rows that were read one too many, and the cursor of what follows. */
export function pageOf<T>(
  rows: T[],
  limit: number,
  cursorOf: (row: T) => Part[],
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? encodeCursor(cursorOf(last)) : null }
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
