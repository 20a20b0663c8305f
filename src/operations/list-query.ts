/** The conditions of a list, as SQL with numbered placeholders. */

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
