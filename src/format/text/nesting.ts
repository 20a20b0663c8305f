/** How deep JSON of strangers is nested, seen before it is parsed. */

/** V8 parses any depth, but ten million brackets take seconds and most of a gigabyte. */
export function isNestedDeeper(text: string, most: number): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (quoted) {
      if (unit === 0x5c) i += 1
      else if (unit === 0x22) quoted = false
    } else if (unit === 0x22) quoted = true
    else if (unit === 0x5b || unit === 0x7b) {
      depth += 1
      if (depth > most) return true
    } else if (unit === 0x5d || unit === 0x7d) depth -= 1
  }
  return false
}
