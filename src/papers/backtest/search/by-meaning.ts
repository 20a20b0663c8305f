/** What papers and questions of a trial mean, reckoned before it begins. */
import { cosineOf } from '../../meaning/meanings.js'
import type { Model } from '../../meaning/model.js'
import type { Text } from '../../personal/vectors.js'
import type { Questions } from './read-queries.js'

export type TrialMeaning = {
  /** The ids nearest to a question or a paper, of all or of these, the nearest first. */
  nearest(
    asked: { text: string } | { paper: string },
    among: readonly string[] | null,
    count: number,
  ): string[]
}

const together = 16

/** @param progress - is told how many texts are done. */
export async function trialMeaning(
  model: Model,
  papers: ReadonlyMap<string, Text>,
  { meant, graded }: Questions,
  progress: (done: number) => void,
): Promise<TrialMeaning> {
  const questions = [...meant, ...graded].flatMap((asked) => ('text' in asked ? [asked.text] : []))
  const texts = new Map([
    ...[...papers.values()].map(
      ({ id, title, abstract }) => [`paper ${id}`, `${title}. ${abstract}`] as const,
    ),
    ...questions.map((text) => [`text ${text}`, text] as const),
  ])
  const vectors = new Map<string, Int8Array>()
  const names = [...texts.keys()]
  for (let from = 0; from < names.length; from += together) {
    const some = names.slice(from, from + together)
    const embedded = await model.embed(some.map((name) => texts.get(name) ?? ''))
    for (const [i, vector] of embedded.entries()) vectors.set(some[i] ?? '', vector)
    progress(Math.min(names.length, from + together))
  }
  return {
    nearest(asked, among, count) {
      const to = vectors.get('text' in asked ? `text ${asked.text}` : `paper ${asked.paper}`)
      if (!to) return []
      const scored = (among ?? [...papers.keys()]).map((id) => {
        const vector = vectors.get(`paper ${id}`)
        return { id, score: vector ? cosineOf(to, vector) : Number.NEGATIVE_INFINITY }
      })
      return scored
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
        .slice(0, count)
        .map(({ id }) => id)
    },
  }
}
