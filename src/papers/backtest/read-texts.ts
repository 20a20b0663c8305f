/** Papers from JSON Lines with `id`, `title` and `abstract`. */
import { Type } from 'typebox'
import { Problem } from '../../errors.js'
import type { Text } from '../personal/vectors.js'
import { readLines } from './read-lines.js'

const line = Type.Object({
  id: Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Integer()]),
  title: Type.String(),
  abstract: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})

const bounds = { mostLines: 200_000, longestLine: 100_000 }
const longestTitle = 1_000
const longestAbstract = 6_000

/** @throws Problem `invalid` for a file that holds anything else, or no paper. */
export async function readTexts(file: string): Promise<Map<string, Text>> {
  const papers = new Map<string, Text>()
  await readLines(file, line, bounds, ({ id, title, abstract }) => {
    const paper = {
      id: String(id),
      title: title.slice(0, longestTitle),
      abstract: (abstract ?? '').slice(0, longestAbstract),
    }
    papers.set(paper.id, paper)
  })
  if (papers.size === 0) throw new Problem('invalid', `${file} holds no paper.`)
  return papers
}
