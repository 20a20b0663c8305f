/** Questions from JSON Lines: a text and the paper that is meant, or a text or paper with graded candidates. */
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { readLines } from '../read-lines.js'

const id = Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Integer()])

const line = Type.Object({
  text: Type.Optional(Type.String({ minLength: 1 })),
  paper: Type.Optional(id),
  id: Type.Optional(id),
  candidates: Type.Optional(
    Type.Array(Type.Object({ id, grade: Type.Number({ minimum: 0, maximum: 100 }) }), {
      minItems: 1,
      maxItems: 10_000,
    }),
  ),
})

const bounds = { mostLines: 100_000, longestLine: 2_000_000 }

/** What is asked with: words, or a paper like which others are wanted. */
export type Asked = { text: string } | { paper: string }

export type Questions = {
  /** One paper is meant, among all. */
  meant: { text: string; id: string }[]
  /** Of each candidate somebody said how well it fits. */
  graded: (Asked & { candidates: { id: string; grade: number }[] })[]
}

/** @throws Problem `invalid` that names the first line that is neither, or whose papers are not known. */
export async function readQuestions(file: string, known: (id: string) => boolean): Promise<Questions> {
  const questions: Questions = { meant: [], graded: [] }
  let count = 0
  await readLines(file, line, bounds, ({ text, paper, id: meant, candidates }) => {
    count += 1
    const asked = paper === undefined ? (text === undefined ? null : { text }) : { paper: String(paper) }
    const refuse = (what: string) => new Problem('invalid', `Question ${count} of ${file} ${what}.`)
    if (!asked) throw refuse('has neither a text nor a paper')
    if ('paper' in asked && !known(asked.paper)) throw refuse('asks with a paper that is not known')
    if (candidates) {
      const pool = candidates
        .map((one) => ({ id: String(one.id), grade: one.grade }))
        .filter((one) => known(one.id))
      questions.graded.push({ ...asked, candidates: pool })
    } else if (meant !== undefined && 'text' in asked) {
      if (!known(String(meant))) throw refuse('means a paper that is not known')
      questions.meant.push({ text: asked.text, id: String(meant) })
    } else throw refuse('has neither candidates nor the id of the paper that is meant')
  })
  if (count === 0) throw new Problem('invalid', `${file} holds no question.`)
  return questions
}
