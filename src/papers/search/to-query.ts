/** Turns the terms of a search into a text search query, with what mistyped words may have meant. */
import { Type } from 'typebox'
import type { Queries } from '../../db/client.js'
import { boolean, booleans, json, nullable, text, texts } from '../../db/queries/sql-types.js'
import { type RowOf, statement, variants } from '../../db/queries/statement.js'
import type { Term } from './terms.js'

export type SearchQuery = {
  /** A `tsquery` in Postgres' own writing; empty when nothing is left to look for. */
  tsquery: string
  /** The same without order and without what to leave out: quick to check, and true of all that the other finds. */
  loose: string
  /** Any of the words: to tell how many of them a title has. */
  anyOf: string
  /** Each of the words by itself, loosely. */
  each: string[]
  /** Any of what is to be left out; null where that is nothing. */
  not: string | null
  /** All of the words but one where there are three to six, all of them otherwise; loosely. */
  titles: string
  /** Words that no title, name or keyword begins with, and what was looked for besides. */
  corrected: { from: string; to: string[] }[]
}

/** A letter or digit by itself is no word that a paper could be known by. */
const leastAlone = 2
/** A word must be as long as this to be taken for mistyped: short ones are alike by chance. */
const leastToCorrect = 4
/** From this length on a word that nobody wrote may be the beginning of one; shorter ones begin too many. */
const leastBegun = 6
/** Common share of trigrams; one wrong letter in a word of five leaves three of eight. */
const leastAlike = 0.37

const hasTrigrams = statement({
  text: `SELECT to_regprocedure('similarity(text, text)') IS NOT NULL AS there`,
  parameters: [],
  columns: { there: boolean },
})

const alikeSql = `(SELECT jsonb_agg(jsonb_build_object('word', word,
      'forms', concat_ws(' | ', nullif(to_tsquery('english', word)::text, ''), to_tsquery('simple', word))))
    FROM (SELECT word FROM search_word
      WHERE (word || '') % f.folded AND similarity(word, f.folded) >= ${leastAlike}
      ORDER BY similarity(word, f.folded) DESC, word LIMIT 3) w)`

/** Without pg_trgm nothing tells which words are alike. */
const termsBy = variants(['alike', 'as typed'], {
  text: (way) => `SELECT
      CASE WHEN phrase THEN phraseto_tsquery('english', f.folded)
        ELSE to_tsquery('english', f.folded || prefix) END::text AS english,
      CASE WHEN phrase THEN phraseto_tsquery('simple', f.folded)
        ELSE to_tsquery('simple', f.folded || prefix) END::text AS simple,
      CASE WHEN correct THEN k.known ELSE true END AS known,
      CASE WHEN correct AND k.known AND length(f.folded) >= ${leastBegun} AND NOT EXISTS (SELECT FROM search_word WHERE word = f.folded)
        THEN to_tsquery('simple', f.folded || ':*')::text END AS begun,
      CASE WHEN correct AND NOT k.known THEN ${way === 'alike' ? alikeSql : 'NULL::jsonb'} END AS alike
    FROM unnest($1::text[], $2::boolean[], $3::text[], $4::boolean[]) WITH ORDINALITY
      AS t(given, phrase, prefix, correct, place)
    CROSS JOIN LATERAL (SELECT regexp_replace(search_fold(given), '[^[:alnum:] ]+', '', 'g') AS folded) f
    CROSS JOIN LATERAL (SELECT NOT correct OR EXISTS (
      SELECT FROM search_word WHERE (word || '') LIKE f.folded || '%') AS known) k
    ORDER BY place`,
  parameters: [texts, booleans, texts, booleans],
  columns: {
    english: text,
    simple: text,
    known: boolean,
    begun: nullable(text),
    alike: nullable(json(Type.Array(Type.Object({ word: Type.String(), forms: Type.String() })))),
  },
})

type TermRow = RowOf<ReturnType<typeof termsBy>>

type Asked = Pick<Queries, 'run'>

export async function toQuery(db: Asked, terms: readonly Term[]): Promise<SearchQuery> {
  if (terms.length === 0)
    return { tsquery: '', loose: '', anyOf: '', each: [], not: null, titles: '', corrected: [] }
  const [found] = await db.run(hasTrigrams, [])
  const rows = await db.run(termsBy(found?.there ? 'alike' : 'as typed'), [
    terms.map((term) => term.text),
    terms.map((term) => term.kind === 'phrase'),
    terms.map((term) => (term.open ? ':*' : '')),
    terms.map((term) => term.kind === 'word' && !term.not && term.text.length >= leastToCorrect),
  ])
  const read = terms.map((term, i) => partOf(term, rows[i]))
  const parts = read.filter((part) => part.tsquery !== '')
  const wanted = parts.filter((part) => !part.not)
  const words = wanted.map((part) => `(${part.tsquery.replaceAll(/<(?:-|\d+)>/g, '&')})`)
  // Only words to leave out would mean nearly all papers.
  return {
    tsquery:
      wanted.length > 0 ? parts.map((part) => `${part.not ? '!' : ''}(${part.tsquery})`).join(' & ') : '',
    loose: words.join(' & '),
    anyOf: words.join(' | '),
    each: words.filter((_, i) => (wanted[i]?.from.length ?? 0) >= leastAlone),
    not:
      parts
        .filter((part) => part.not)
        .map((part) => `(${part.tsquery})`)
        .join(' | ') || null,
    titles: words.length >= 3 && words.length <= 6 ? allButOne(words) : words.join(' & '),
    corrected: read.flatMap((part) => (part.alike.length > 0 ? [{ from: part.from, to: part.alike }] : [])),
  }
}

const allButOne = (words: string[]) =>
  words.map((left) => `(${words.filter((word) => word !== left).join(' & ')})`).join(' | ')

type Part = { from: string; not: boolean; tsquery: string; alike: string[] }

/** English stems words and drops those like "the"; names are kept whole, hence both. */
function partOf(term: Term, row: TermRow | undefined): Part {
  const alike = row?.known === false ? (row.alike ?? []) : []
  // A stop word has no English form; its plain form would match names alone, and so leave nothing.
  const forms = row?.english ? [row.english, row.simple, row.begun, ...alike.map((one) => one.forms)] : []
  return {
    from: term.text,
    not: term.not,
    tsquery: [...new Set(forms)].filter(Boolean).join(' | '),
    alike: alike.map((one) => one.word),
  }
}
