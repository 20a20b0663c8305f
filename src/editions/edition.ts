/** What an edition is: its kinds, its statuses, and the papers as they are shown in it. */
import { Type } from 'typebox'
import type { Day } from '../clock.js'
import { type ColumnValue, columnValues } from '../db/queries/columns.js'
import { json } from '../db/queries/sql-types.js'

export const editionKinds = columnValues.edition.kind
export type EditionKind = (typeof editionKinds)[number]

/**
 * `empty`, `thin` and `failed` have no papers and say why; `draft` may still change; `held` waits for an
 * operator, as a draft or frozen; from `frozen` on the bytes stay as they are.
 */
export type EditionStatus = Exclude<ColumnValue<'edition', 'status'>, 'mailing'>
export const editionStatuses = columnValues.edition.status.filter((status) => status !== 'mailing')

/**
 * The status of `edition e`, as SQL. One that goes out from batches is `mailing` in the database, since workers of
 * the release before batches would take one without open rows for sent.
 */
export const shownStatus = `CASE e.status WHEN 'mailing' THEN 'sending' ELSE e.status END`

/** Editions that readers may see, and that have mail to send. */
export const publicStatuses: readonly EditionStatus[] = ['frozen', 'sending', 'paused', 'sent']

/** Editions that stay without mail and are not tried again by themselves. */
export const settledWithoutMail: readonly ColumnValue<'edition', 'status'>[] = ['empty', 'thin', 'cancelled']

/** A paper with the counts as they stood when the edition was frozen. */
export type ShownPaper = {
  id: string
  rank: number
  title: string
  /** The short summary, or the abstract cut at a sentence. */
  summary: string
  /** Both as HTML; absent where they were not rendered when the edition was built. */
  html?: { title: string; summary: string }
  /** The first names, as far as they are known. */
  authors: string[]
  authorCount: number
  organisation: string | null
  publishedOn: Day | null
  votes: number
  comments: number
  stars: number | null
  codeUrl: string | null
  projectUrl: string | null
  /** Why it was chosen, in a few words for readers: `+38 votes overnight`. */
  note: string | null
  /** An earlier edition had it, and an editor let it in again; absent otherwise. */
  returned?: true
}

/** Papers as they were frozen, of whichever release. */
export const shownPapers = json(
  Type.Unsafe<ShownPaper[]>(
    Type.Array(Type.Object({ id: Type.String(), rank: Type.Integer(), title: Type.String() })),
  ),
)
