/** Opaque cursors: where the next page of a list begins. */
import { Problem } from '../errors.js'

type Part = string | number | null

export function encodeCursor(parts: Part[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/**
 * The parts of a cursor that we handed out, as strings; null stands for itself.
 * @throws Problem `invalid` for anything else.
 */
export function decodeCursor(cursor: string, length: number): (string | null)[] {
  const parts = parse(cursor)
  if (Array.isArray(parts) && parts.length === length && parts.every(isPart)) {
    return parts.map((part) => (part === null ? null : String(part)))
  }
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

const isPart = (part: unknown): part is Part =>
  part === null || typeof part === 'number' || (typeof part === 'string' && !part.includes('\0'))
