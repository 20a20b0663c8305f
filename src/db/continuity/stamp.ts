/** The row that says which database this is, and what else tells whether it went back to an earlier state. */
import { randomUUID } from 'node:crypto'
import type { Queries } from '../queries/queries.js'
import { bigint, boolean, int, nullable, present, text, timestamptz, uuid } from '../queries/sql-types.js'
import { type RowOf, statement } from '../queries/statement.js'
import type { Facts } from '../witness/judge.js'

/** What runs a checked statement: a `Db` or a `Tx`. */
export type Runs = Pick<Queries, 'run'>

const here = `'stamp'::regclass::oid::bigint, (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
  (SELECT system_identifier FROM pg_control_system())`

const factsOfStamp = statement({
  text: `SELECT lineage, (table_oid, database_oid, system_identifier) = (${here}) AS own, since,
      beat_at AS "beatAt", held_at AS "heldAt",
      ('x' || left(pg_walfile_name(w.lsn), 8))::bit(32)::int AS timeline, (w.lsn - '0/0')::bigint AS lsn,
      (SELECT encode(hash, 'hex') FROM audit ORDER BY id DESC LIMIT 1) AS head,
      $1::text IS NULL OR EXISTS (SELECT FROM audit WHERE hash = decode($1, 'hex')) AS "headKnown"
    FROM stamp, (SELECT pg_current_wal_flush_lsn() AS lsn) w`,
  parameters: [nullable(text)],
  columns: {
    lineage: uuid,
    own: boolean,
    since: timestamptz,
    beatAt: timestamptz,
    heldAt: nullable(timestamptz),
    timeline: int,
    lsn: bigint,
    head: nullable(text),
    headKnown: boolean,
  },
})

/** @param head - the entry of the audit log to look for; @returns null where there is no stamp yet. */
export async function readFacts(db: Runs, head: string | null): Promise<Facts | null> {
  return (await db.run(factsOfStamp, [head]))[0] ?? null
}

const insertStamp = statement({
  text: `INSERT INTO stamp (lineage, table_oid, database_oid, system_identifier, since, beat_at)
    VALUES ($1, ${here}, clock_timestamp(), now()) ON CONFLICT (one) DO NOTHING`,
  parameters: [uuid],
  columns: {},
})

/** Stamps a database that has no stamp; fails in the middle of a restore, where tables have no keys yet. */
export async function layStamp(db: Runs): Promise<void> {
  await db.run(insertStamp, [randomUUID()])
}

const renew = statement({
  text: `UPDATE stamp SET (table_oid, database_oid, system_identifier) = (SELECT ${here}),
    since = clock_timestamp(), beat_at = now(), sends_from = $1, held_at = NULL, held_why = NULL`,
  parameters: [timestamptz],
  columns: {},
})

/** Takes the database as it is now for the right one, and lifts the hold. */
export async function renewStamp(db: Runs, sendsFrom: Date): Promise<void> {
  await db.run(renew, [sendsFrom])
}

const hold = statement({
  text: 'UPDATE stamp SET held_at = now(), held_why = $1 WHERE held_at IS NULL',
  parameters: [text],
  columns: {},
})

/** Holds all sending, until it is resumed; a hold that is there stays as it is. */
export async function writeHold(db: Runs, why: string): Promise<void> {
  await db.run(hold, [why])
}

const holdThere = statement({
  text: 'SELECT held_at AS since, held_why AS why FROM stamp WHERE held_at IS NOT NULL',
  parameters: [],
  columns: { since: present(timestamptz), why: present(text) },
})
/** Since when all sending is held, and why, as a sentence. */
export type Hold = RowOf<typeof holdThere>

/** What is written down: held or not, whatever the database is. */
export async function readHold(db: Runs): Promise<Hold | null> {
  return (await db.run(holdThere, []))[0] ?? null
}

const beatNow = statement({
  text: `UPDATE stamp SET beat_at = now() WHERE beat_at < now() - interval '1 second'`,
  parameters: [],
  columns: {},
})

/** Says that a worker is at work here. */
export async function beat(db: Runs): Promise<void> {
  await db.run(beatNow, [])
}
