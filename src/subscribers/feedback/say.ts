/** Writes down what a reader says of papers, all of one mail at once, and takes it back. */
import type { Clock } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import {
  booleans,
  int,
  ints,
  nullable,
  texts,
  textsOrNulls,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { lockSubscriber } from '../lock.js'
import { readSaid, type Said } from './said.js'

/** The mail that the papers stood in, with the place of each and why it was there, as far as that is known. */
export type From = {
  editionId: number
  places: ReadonlyMap<string, { place: number; reason: string | null }>
}

const write = statement({
  text: `INSERT INTO feedback AS f (subscriber_id, paper_id, n, answer, saved_at, at, edition_id, place, reason)
    SELECT $1, r.paper_id, (SELECT coalesce(max(n), 0) FROM feedback WHERE subscriber_id = $1) + r.i, r.answer,
      CASE WHEN r.saved THEN $5::timestamptz END, $5, $6, nullif(r.place, 0), r.reason
    FROM unnest($2::text[], $3::text[], $4::boolean[], $7::int[], $8::text[])
      WITH ORDINALITY AS r(paper_id, answer, saved, place, reason, i)
    JOIN paper p ON p.id = r.paper_id
    WHERE r.answer IS NOT NULL OR r.saved
    ON CONFLICT (subscriber_id, paper_id) DO UPDATE
      SET answer = excluded.answer, at = excluded.at, edition_id = coalesce(excluded.edition_id, f.edition_id),
        place = coalesce(excluded.place, f.place), reason = coalesce(excluded.reason, f.reason),
        saved_at = CASE WHEN excluded.saved_at IS NOT NULL THEN coalesce(f.saved_at, excluded.saved_at) END
      WHERE f.answer IS DISTINCT FROM excluded.answer OR (f.saved_at IS NULL) <> (excluded.saved_at IS NULL)`,
  parameters: [int, texts, textsOrNulls, booleans, timestamptz, nullable(int), ints, textsOrNulls],
  columns: {},
})

const takeBack = statement({
  text: 'DELETE FROM feedback WHERE subscriber_id = $1 AND paper_id = ANY ($2)',
  parameters: [int, texts],
  columns: {},
})

/**
 * Writes down what is said of each of these papers, in place of what was said before.
 * @returns what it was before, of the papers of which something else is said now.
 * @throws Problem `gone` when there is no such subscriber.
 */
export async function say(
  tx: Tx,
  clock: Clock,
  subscriberId: number,
  said: readonly Said[],
  from: From | null = null,
): Promise<Said[]> {
  if (!(await lockSubscriber(tx, subscriberId))) {
    throw new Problem('gone', 'There is no such subscription any more.')
  }
  const before = await readSaid(
    tx,
    subscriberId,
    said.map(({ paperId }) => paperId),
  )
  const column = <T>(pick: (one: Said) => T) => said.map(pick)
  await tx.run(write, [
    subscriberId,
    column(({ paperId }) => paperId),
    column(({ answer }) => answer),
    column(({ saved }) => saved),
    clock.now(),
    from?.editionId ?? null,
    column(({ paperId }) => from?.places.get(paperId)?.place ?? 0),
    column(({ paperId }) => from?.places.get(paperId)?.reason ?? null),
  ])
  const silent = said.filter(({ answer, saved }) => answer === null && !saved)
  if (silent.length > 0) await tx.run(takeBack, [subscriberId, silent.map(({ paperId }) => paperId)])
  return before.filter((one, i) => one.answer !== said[i]?.answer || one.saved !== said[i]?.saved)
}
