/** JSON of strangers: parsed only when it is not nested deeper than any honest answer. */
import { isNestedDeeper } from '../../format/text/nesting.js'
import { SourceError } from '../source.js'

const deepest = 64

/** @throws SourceError that tells a web page from broken JSON. */
export function readJson(text: string): unknown {
  if (/^\s*</.test(text)) throw new SourceError('not-a-list', 'a web page instead of JSON')
  if (isNestedDeeper(text, deepest)) throw new SourceError('not-a-list', `JSON nested deeper than ${deepest}`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SourceError('not-a-list', 'broken JSON', { cause: error })
  }
}
