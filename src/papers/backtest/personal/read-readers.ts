/** Readers from JSON Lines: what each has seen, and liked or not; split into what is learnt from and what is foretold. */
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { instant } from '../../text.js'
import { numberFor } from '../chance.js'
import { readLines } from '../read-lines.js'

const id = Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Integer()])

const line = Type.Object({
  reader: id,
  seen: Type.Array(
    Type.Object({
      id,
      liked: Type.Boolean(),
      at: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()])),
    }),
    {
      maxItems: 100_000,
    },
  ),
})

const bounds = { mostLines: 100_000, longestLine: 10_000_000 }

type Seen = { id: string; liked: boolean; at: number | null }

export type TrialReader = {
  id: string
  liked: Seen[]
  disliked: Seen[]
  /** Liked, and kept from the ranking. */
  heldOut: string[]
  /** All that the reader has seen. */
  seen: Set<string>
}

/** One in so many liked papers is held out. */
const heldOutOf = 5

/**
 * Split by time where every paper of a reader has one, the latest fifth held out; otherwise a fifth by hash.
 * Papers that are not among the known ones are passed over, and so are readers of whom nothing is left to learn or
 * to foretell.
 */
export async function readReaders(file: string, known: (id: string) => boolean): Promise<TrialReader[]> {
  const readers: TrialReader[] = []
  await readLines(file, line, bounds, ({ reader, seen }) => {
    const judged = new Map<string, Seen>()
    for (const one of seen) {
      const paper = String(one.id)
      if (known(paper)) judged.set(paper, { id: paper, liked: one.liked, at: timeOf(one.at) })
    }
    const trial = split(String(reader), [...judged.values()])
    if (trial) readers.push(trial)
  })
  if (readers.length === 0) {
    throw new Problem('unprocessable', `No reader in ${file} has liked two papers that are known.`)
  }
  return readers
}

function split(reader: string, seen: Seen[]): TrialReader | null {
  const liked = seen.filter((one) => one.liked)
  const timed = seen.every(({ at }) => at !== null)
  const order = (one: Seen) => (timed ? (one.at ?? 0) : numberFor(`${reader} ${one.id}`))
  const inOrder = liked.toSorted((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1))
  const kept = inOrder.length - Math.max(1, Math.round(inOrder.length / heldOutOf))
  if (kept < 1) return null
  const heldOut = inOrder.slice(kept)
  const from = timed ? (heldOut[0]?.at ?? Infinity) : Infinity
  return {
    id: reader,
    liked: inOrder.slice(0, kept),
    // What was passed over later is not known yet either.
    disliked: seen.filter((one) => !one.liked && (one.at === null || one.at < from)),
    heldOut: heldOut.map((one) => one.id),
    seen: new Set(seen.map((one) => one.id)),
  }
}

/** Milliseconds; numbers below 10^11 are seconds. */
function timeOf(at: string | number | null | undefined): number | null {
  if (typeof at === 'number') return at < 1e11 ? at * 1000 : at
  return at ? (instant(at)?.getTime() ?? null) : null
}
