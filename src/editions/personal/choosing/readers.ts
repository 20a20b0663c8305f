/** Readers who are to have a personal edition, some thousand at a time, with what is known of their taste. */
import type { Queries } from '../../../db/client.js'
import { columnValues } from '../../../db/queries/columns.js'
import {
  boolean,
  int,
  ints,
  nullable,
  oneOf,
  text,
  texts,
  timestamptz,
} from '../../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../../db/queries/statement.js'

const next = statement({
  text: `SELECT s.id FROM subscriber s WHERE s.status = 'active' AND s.frequency = ANY ($1) AND s.id > $2
      AND (EXISTS (SELECT FROM interest i WHERE i.subscriber_id = s.id)
        OR EXISTS (SELECT FROM feedback f WHERE f.subscriber_id = s.id AND f.answer IS NOT NULL))
    ORDER BY s.id LIMIT $3::int`,
  parameters: [texts, int, int],
  columns: { id: int },
})

/** The ids of the next such readers, in order. */
export async function nextReaders(
  db: Queries,
  frequencies: string[],
  after: number,
  limit: number,
): Promise<number[]> {
  return (await db.run(next, [frequencies, after, limit])).map(({ id }) => id)
}

const interests = statement({
  text: `SELECT subscriber_id AS reader, n, kind, key, muted, words, created_at AS at FROM interest
    WHERE subscriber_id = ANY ($1) ORDER BY subscriber_id, n`,
  parameters: [ints],
  columns: {
    reader: int,
    n: int,
    kind: oneOf(columnValues.interest.kind),
    key: text,
    muted: boolean,
    words: nullable(text),
    at: timestamptz,
  },
})
export type InterestRow = RowOf<typeof interests>

const answers = statement({
  text: `SELECT reader, n, paper, liked, at FROM (
      SELECT subscriber_id AS reader, n, paper_id AS paper, answer = 'more' AS liked, at,
        row_number() OVER (PARTITION BY subscriber_id ORDER BY at DESC, paper_id) AS age
      FROM feedback WHERE subscriber_id = ANY ($1) AND answer IS NOT NULL
    ) newest WHERE age <= $2::int ORDER BY reader, n`,
  parameters: [ints, int],
  columns: { reader: int, n: int, paper: text, liked: nullable(boolean), at: timestamptz },
})
export type AnswerRow = RowOf<typeof answers>

/** So many of the newest answers of each reader count. */
const mostAnswers = 60

/** What these readers follow, mute, gave as examples and answered. */
export async function tastesOf(db: Queries, readers: number[]) {
  return {
    interests: byReader(await db.run(interests, [readers])),
    answers: byReader(await db.run(answers, [readers, mostAnswers])),
  }
}

function byReader<R extends { reader: number }>(rows: R[]): Map<number, R[]> {
  const groups = new Map<number, R[]>()
  for (const row of rows) {
    const known = groups.get(row.reader)
    if (known) known.push(row)
    else groups.set(row.reader, [row])
  }
  return groups
}

const texted = statement({
  text: 'SELECT id, title, abstract FROM paper WHERE id = ANY ($1)',
  parameters: [texts],
  columns: { id: text, title: text, abstract: text },
})

export const paperTexts = (db: Queries, ids: string[]) => db.run(texted, [ids])

const newest = statement({
  text: `SELECT id, title, abstract FROM paper WHERE published_at IS NOT NULL ORDER BY published_at DESC, id LIMIT $1::int`,
  parameters: [int],
  columns: { id: text, title: text, abstract: text },
})

/** The newest papers of the archive, from which it is known how rare words are. */
export const newestTexts = (db: Queries, limit: number) => db.run(newest, [limit])
