/** What differs between two states, field by field, as a table can show it. */

export type Difference = { field: string; before: string | null; after: string | null }

/** Only what differs; null stands for what was not there. A field within a field is named `gates.sameShare`. */
export function differences(before: unknown, after: unknown): Difference[] {
  const old = leaves(before)
  const now = leaves(after)
  const fields = [...new Set([...old.keys(), ...now.keys()])]
  return fields
    .map((field) => ({ field, before: old.get(field) ?? null, after: now.get(field) ?? null }))
    .filter((difference) => difference.before !== difference.after)
}

function leaves(value: unknown, path = ''): Map<string, string> {
  if (value === null || value === undefined) return new Map()
  if (Array.isArray(value) || typeof value !== 'object') return new Map([[path, inWords(value)]])
  const parts = Object.entries(value).flatMap(([name, part]) => [
    ...leaves(part, path ? `${path}.${name}` : name),
  ])
  return new Map(parts)
}

function inWords(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  return value.map((part) => (typeof part === 'object' ? JSON.stringify(part) : String(part))).join('\n')
}
