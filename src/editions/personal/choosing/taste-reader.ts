/** Makes a reader's taste of what is known of them, with vectors that are reckoned once for all. */
import type { Queries } from '../../../db/client.js'
import type { Placed } from '../../../papers/personal/choosing/nearness.js'
import type { ReaderJudged, ReaderTaste } from '../../../papers/personal/choosing/weigh.js'
import type { Lexicon } from '../../../papers/personal/vectors.js'
import { placedBy } from './placed.js'
import { type AnswerRow, type InterestRow, paperTexts, tastesOf } from './readers.js'

/** Feedback counts half after so long. */
const halfLifeMs = 180 * 86_400_000
/** So many examples of a reader count, the newest. */
const mostExamples = 60
/** So many papers' vectors are kept for the readers who follow. */
const mostVectors = 20_000

export type TasteReader = (db: Queries, readers: number[]) => Promise<(reader: number) => ReaderTaste>

export function openTastes(lexicon: Lexicon, now: Date): TasteReader {
  const vectors = new Map<string, Placed>()
  return async (db, readers) => {
    const { interests, answers } = await tastesOf(db, readers)
    const named = [...interests.values()]
      .flat()
      .filter(({ kind, words }) => kind === 'paper' && words === null)
    const wanted = new Set([
      ...named.map(({ key }) => key),
      ...[...answers.values()].flat().map(({ paper }) => paper),
    ])
    if (vectors.size > mostVectors) vectors.clear()
    const unknown = [...wanted].filter((id) => !vectors.has(id))
    const known = await paperTexts(db, unknown)
    for (const [i, one] of (await placedBy(db, lexicon, known)).entries()) vectors.set(known[i]!.id, one)
    return (reader) => ({
      wishes: (interests.get(reader) ?? []).filter(({ kind }) => kind !== 'paper'),
      judged: [
        ...examplesOf(interests.get(reader) ?? [], lexicon, vectors),
        ...answersOf(answers.get(reader) ?? [], vectors, now),
      ],
    })
  }
}

function examplesOf(rows: InterestRow[], lexicon: Lexicon, vectors: Map<string, Placed>): ReaderJudged[] {
  const examples = rows.filter(({ kind }) => kind === 'paper').slice(-mostExamples)
  return examples.flatMap(({ n, key, words }) => {
    const [title = '', ...abstract] = words?.split('\n') ?? []
    const paper =
      words === null ? vectors.get(key) : lexicon.vectorOf({ title, abstract: abstract.join('\n') })
    return paper ? [{ n, cause: 'example' as const, paper, liked: true, weight: 1 }] : []
  })
}

function answersOf(rows: AnswerRow[], vectors: Map<string, Placed>, now: Date): ReaderJudged[] {
  return rows.flatMap(({ n, paper: id, liked, at }) => {
    const paper = vectors.get(id)
    const weight = 0.5 ** (Math.max(0, now.getTime() - at.getTime()) / halfLifeMs)
    return paper ? [{ n, cause: 'liked' as const, paper, liked: liked ?? false, weight }] : []
  })
}
