/** Where no paper has all words: those with the rarest of them, by the sum of how rare each is (idf). */
import type { Queries } from '../../db/queries/queries.js'
import { bigint, day, float, floats, int, nullable, text, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Sought } from './pool.js'

/** Papers fetched for all words together; each takes 2 µs, since its words are not read. */
const mostFetched = 8_000
/** The best by their rare words, for which the common ones are looked up too, at 10 µs a word. */
const mostWeighed = 150
/** Common words that are looked up: the rarer ones of them. */
const mostCommonWords = 8

/** How many papers the planner expects to have each word; it counted the frequent ones at its last ANALYZE. */
const expectations = statement({
  text: `SELECT word.place::int AS place, search_expected(word.query) AS papers
         FROM unnest($1::text[]) WITH ORDINALITY AS word(query, place) ORDER BY place`,
  parameters: [texts],
  columns: { place: int, papers: float },
})

const hits = statement({
  text: `
    WITH total AS (SELECT greatest(1, (SELECT count(*) FROM (SELECT FROM paper LIMIT 1000) few),
        (SELECT reltuples FROM pg_class WHERE oid = 'paper'::regclass))::float8 AS papers),
    hit AS MATERIALIZED (
      SELECT word.place, found.id FROM unnest($1::text[]) WITH ORDINALITY AS word(query, place)
      CROSS JOIN LATERAL (
        SELECT p.id FROM paper p WHERE p.search @@ word.query::tsquery
          AND ($4::text IS NULL OR lower(p.organisation) = lower($4))
          AND (($5::date IS NULL AND $6::date IS NULL) OR EXISTS (SELECT FROM listing l WHERE l.paper_id = p.id
            AND l.day >= coalesce($5::date, '-infinity') AND l.day <= coalesce($6::date, 'infinity')))
        LIMIT ${mostFetched}
      ) found
    ), rarity AS (
      SELECT place, ln((1 + total.papers) / count(*)) AS worth FROM hit, total GROUP BY place, total.papers
    ), best AS (
      SELECT hit.id, sum(rarity.worth) AS score FROM hit JOIN rarity USING (place)
      GROUP BY hit.id ORDER BY score DESC, hit.id COLLATE "C" LIMIT ${mostWeighed}
    )
    SELECT best.id, (best.score + coalesce((
        SELECT sum(ln(greatest(1, (1 + total.papers) / common.papers)))
        FROM unnest($2::text[], $3::float8[]) AS common(query, papers)
        WHERE p.search @@ common.query::tsquery), 0))::float8 AS score
    FROM best JOIN paper p ON p.id = best.id CROSS JOIN total
    WHERE $8::text IS NULL OR NOT p.search @@ $8::tsquery
    ORDER BY score DESC, p.published_at DESC NULLS LAST, p.id COLLATE "C" LIMIT $7`,
  parameters: [texts, texts, floats, nullable(text), nullable(day), nullable(day), bigint, nullable(text)],
  columns: { id: text, score: float },
})

/**
 * The papers with the rarest words, best first. Words that are in most papers count only among the best by the
 * others. Reads at most a few thousand papers however many have one of the words.
 * @param words - a `tsquery` for each.
 * @param not - a `tsquery` for what must not be there; null for nothing.
 */
export async function papersByRarity(
  db: Pick<Queries, 'run'>,
  words: readonly string[],
  { organisation, from, to }: Pick<Sought, 'organisation' | 'from' | 'to'>,
  not: string | null,
  limit: number,
): Promise<{ id: string }[]> {
  const expected = await db.run(expectations, [[...words]])
  const byRarity = expected
    .map(({ place, papers }) => ({ query: words[place - 1] ?? '', papers: Math.max(1, papers) }))
    .toSorted((a, b) => a.papers - b.papers)
  const rare = rareEnough(byRarity)
  const common = byRarity.slice(rare.length, rare.length + mostCommonWords)
  return db.run(hits, [
    rare.map(({ query }) => query),
    common.map(({ query }) => query),
    common.map(({ papers }) => papers),
    organisation ?? null,
    from ?? null,
    to ?? null,
    limit,
    not,
  ])
}

/** From the rarest on, until enough papers are expected; always at least one. */
function rareEnough<T extends { papers: number }>(byRarity: readonly T[]): T[] {
  let sum = 0
  const enough = byRarity.findIndex(({ papers }) => (sum += papers) > mostFetched)
  return byRarity.slice(0, enough < 0 ? byRarity.length : Math.max(1, enough))
}
