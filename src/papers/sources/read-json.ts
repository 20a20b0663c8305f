/** JSON of strangers: parsed only when it is not nested deeper than any honest answer. */
import { SourceError } from '../source.js'

const deepest = 64

/** @throws SourceError that tells a web page from broken JSON. */
export function readJson(text: string): unknown {
  if (/^\s*</.test(text)) throw new SourceError('not-a-list', 'a web page instead of JSON')
  // V8 parses any depth, but ten million brackets take seconds and most of a gigabyte.
  if (nestedDeeper(text, deepest)) throw new SourceError('not-a-list', `JSON nested deeper than ${deepest}`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SourceError('not-a-list', 'broken JSON', { cause: error })
  }
}

function nestedDeeper(text: string, most: number): boolean {
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
