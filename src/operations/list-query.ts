/** Puts a page of a list into SQL: conditions, a sort order, and where the page begins. */
import { decodeCursor, type PartType } from '../format/cursor.js'

/** The conditions and values of one statement; placeholders number themselves. */
export class Conditions {
  readonly values: unknown[] = []
  readonly #parts: string[] = []

  /** `?` stands for the value, at each place; nothing happens for an undefined one. */
  add(condition: string, value: unknown): this {
    if (value === undefined) return this
    this.#parts.push(condition.replaceAll('?', this.value(value)))
    return this
  }

  value(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  where(): string {
    return this.#parts.length > 0 ? `WHERE ${this.#parts.join(' AND ')}` : ''
  }
}

/** A column to sort by, that is never null, and its type; the id breaks ties. */
export type SortColumn = { column: string; type: PartType }

/**
 * Adds where the page begins, and says the order. A sort is a name, with a minus for downwards.
 * @param columns - the sorts of this list; each name stands for the same field of its rows.
 */
export function pageOrder(
  conditions: Conditions,
  columns: Readonly<Record<string, SortColumn>>,
  id: SortColumn,
  page: { sort: string; cursor?: string | undefined },
): string {
  const down = page.sort.startsWith('-')
  const chosen = columns[down ? page.sort.slice(1) : page.sort] ?? id
  const direction = down ? 'DESC' : 'ASC'
  if (page.cursor !== undefined) {
    const [value, last] = decodeCursor(page.cursor, chosen.type, id.type)
    const from = `(${conditions.value(value)}::${chosen.type}, ${conditions.value(last)}::${id.type})`
    conditions.add(`(${chosen.column}, ${id.column}) ${down ? '<' : '>'} ${from} AND ?`, true)
  }
  return `ORDER BY ${chosen.column} ${direction}, ${id.column} ${direction}`
}
