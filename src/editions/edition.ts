/** What an edition is: its kinds, its statuses, and the papers as they are shown in it. */
import { type Static, type TSchema, Type } from 'typebox'
import { type ColumnValue, columnValues } from '../db/queries/columns.js'
import { json } from '../db/queries/sql-types.js'
import { paperPicture } from '../papers/pictures/picture.js'

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

/** The statuses that are shown so, as the database has them. */
export const storedStatuses = (shown: readonly EditionStatus[]): ColumnValue<'edition', 'status'>[] =>
  shown.includes('sending') ? [...shown, 'mailing'] : [...shown]

/** Editions that readers may see, and that have mail to send. */
export const publicStatuses: readonly EditionStatus[] = ['frozen', 'sending', 'paused', 'sent']

/** Editions that stay without mail and are not tried again by themselves. */
export const settledWithoutMail: readonly ColumnValue<'edition', 'status'>[] = ['empty', 'thin', 'cancelled']

const orNull = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()])

const shownPaper = Type.Object({
  id: Type.String(),
  rank: Type.Integer(),
  title: Type.String(),
  /** The short summary, or the abstract cut at a sentence. */
  summary: Type.String(),
  /** Both as HTML; absent where they were not rendered when the edition was built. */
  html: Type.Optional(Type.Object({ title: Type.String(), summary: Type.String() })),
  /** The first names, as far as they are known. */
  authors: Type.Array(Type.String()),
  authorCount: Type.Integer(),
  organisation: orNull(Type.String()),
  /** `2026-05-06`. */
  publishedOn: orNull(Type.String()),
  votes: Type.Integer(),
  comments: Type.Integer(),
  stars: orNull(Type.Integer()),
  codeUrl: orNull(Type.String()),
  projectUrl: orNull(Type.String()),
  /** Why it was chosen, in a few words for readers: `+38 overnight`. */
  note: orNull(Type.String()),
  /** An earlier edition had it, and an editor let it in again; absent otherwise. */
  returned: Type.Optional(Type.Literal(true)),
  /** Chosen when the edition was built; absent where there was none. */
  picture: Type.Optional(paperPicture),
})

/** A paper with the counts as they stood when the edition was frozen. */
export type ShownPaper = Static<typeof shownPaper>

/** The column of them. */
export const shownPapers = json(Type.Array(shownPaper))
