/** Tries the ranking for one reader, and its rivals, on papers that readers liked and that were kept from it. */
import { type Blend, fitBlend, type Pair, readerOf, scoreOf, signalsOf } from '../../personal/score.js'
import type { Judged } from '../../personal/taste.js'
import { addTo, along, type Corpus, likenessOf, type Vector } from '../../personal/vectors.js'
import { chance, numberFor, sample } from '../chance.js'
import { type Measures, meanOf, measureOne } from './measure.js'
import type { TrialReader } from './read-readers.js'

type MethodResult = Measures & { name: string }

export type PersonalReport = {
  papers: number
  readers: number
  /** Liked papers that were held out, over all readers. */
  heldOut: number
  /** The blend fitted on what was not held out. */
  blend: Blend
  methods: MethodResult[]
}

/** Each held-out paper stands among so many that the reader has not seen. */
const others = 100
/** Papers that stand for all that a reader passed over. */
const backgroundSize = 200
/** Readers from whom the blend is fitted, and how many of their liked papers each keeps for it. */
const blendReaders = 150
const blendOthers = 10
const leastToSplit = 5

const halfLifeMs = 180 * 86_400_000

type Votes = (id: string) => number
type Score = (id: string) => number
type Method = { name: string; of: (reader: TrialReader) => Score }

/** @param progress - is told after each reader how many are done. */
export function personalBacktest(
  corpus: Corpus,
  readers: readonly TrialReader[],
  progress: (done: number) => void = () => {},
): PersonalReport {
  const ids = [...corpus.vectors.keys()]
  const counts = new Map<string, number>()
  for (const { liked } of readers) for (const { id } of liked) counts.set(id, (counts.get(id) ?? 0) + 1)
  const votes: Votes = (id) => counts.get(id) ?? 0
  const blend = fitBlend(
    readers.slice(0, blendReaders).flatMap((reader) => pairsOf(reader, corpus, ids, votes)),
  )
  const methods = methodsOf(corpus, ids, votes, blend)
  const measured = methods.map((): Measures[] => [])
  for (const [done, reader] of readers.entries()) {
    const random = chance(numberFor(`others ${reader.id}`))
    const beside = sample(ids, others, random, (id) => !reader.seen.has(id))
    for (const [index, method] of methods.entries()) {
      const score = method.of(reader)
      const scores = beside.map(score)
      measured[index]?.push(meanOf(reader.heldOut.map((id) => measureOne(score(id), scores))))
    }
    progress(done + 1)
  }
  return {
    papers: ids.length,
    readers: readers.length,
    heldOut: readers.reduce((sum, reader) => sum + reader.heldOut.length, 0),
    blend,
    methods: methods.map(({ name }, index) => ({ name, ...meanOf(measured[index] ?? []) })),
  }
}

function methodsOf(corpus: Corpus, ids: readonly string[], votes: Votes, blend: Blend): Method[] {
  const vector = (id: string) => corpus.vectors.get(id) ?? nothing
  const learn = (reader: TrialReader) => learnFrom(reader, reader.liked, corpus, ids)
  return [
    { name: 'popularity', of: () => votes },
    { name: 'mean of the liked', of: (reader) => meanOfLiked(reader, corpus) },
    {
      name: 'nearest',
      of: ({ liked }) => {
        const vectors = liked.map(({ id }) => vector(id))
        return (id) => vectors.reduce((most, one) => Math.max(most, likenessOf(one, vector(id))), 0)
      },
    },
    {
      name: 'shipped',
      of: (reader) => {
        const learnt = learn(reader)
        return (id) => scoreOf(signalsOf(learnt, vector(id), votes(id)), blend)
      },
    },
  ]
}

function meanOfLiked(reader: TrialReader, corpus: Corpus): Score {
  const direction = new Float32Array(corpus.size)
  for (const { id } of reader.liked) addTo(direction, corpus.vectors.get(id) ?? nothing, 1)
  return (id) => along(corpus.vectors.get(id) ?? nothing, direction)
}

/** Inner split: the blend is fitted on liked papers that the taste of the same reader was not learnt from. */
function pairsOf(reader: TrialReader, corpus: Corpus, ids: readonly string[], votes: Votes): Pair[] {
  if (reader.liked.length < leastToSplit) return []
  const random = chance(numberFor(`blend ${reader.id}`))
  const inner = sample(reader.liked, Math.ceil(reader.liked.length / leastToSplit), random, () => true)
  const learnt = learnFrom(
    reader,
    reader.liked.filter((one) => !inner.includes(one)),
    corpus,
    ids,
  )
  const vector = (id: string) => corpus.vectors.get(id) ?? nothing
  return inner.flatMap(({ id }) => {
    // Their own vote would give the paper away.
    const liked = signalsOf(learnt, vector(id), votes(id) - 1)
    const beside = sample(ids, blendOthers, random, (other) => !reader.seen.has(other))
    return beside.map((other) => ({ liked, other: signalsOf(learnt, vector(other), votes(other)) }))
  })
}

function learnFrom(reader: TrialReader, liked: TrialReader['liked'], corpus: Corpus, ids: readonly string[]) {
  const newest = Math.max(...liked.map(({ at }) => at ?? 0))
  const judged = (one: { id: string; at: number | null }): Judged => ({
    paper: corpus.vectors.get(one.id) ?? nothing,
    weight: one.at === null ? 1 : 0.5 ** Math.max(0, (newest - one.at) / halfLifeMs),
  })
  const random = chance(numberFor(`background ${reader.id}`))
  const background = sample(ids, backgroundSize, random, (id) => !reader.seen.has(id))
  return readerOf(
    liked.map(judged),
    reader.disliked.map(judged),
    background.map((id) => corpus.vectors.get(id) ?? nothing),
  )
}

const nothing: Vector = { terms: new Int32Array(), weights: new Float32Array() }
