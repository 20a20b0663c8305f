/** Whether a database is the one that a witness last saw, or was restored, copied or put back since. */

/** What a database says of itself. */
export type Facts = {
  /** The stamp still stands in the table, database and cluster that it was written in. */
  own: boolean
  lineage: string
  since: Date
  beatAt: Date
  heldAt: Date | null
  /** How often a standby took over or a restore ended. */
  timeline: number
  /** Bytes of WAL that are safe. */
  lsn: string
  /** The audit log's last entry, hex. */
  head: string | null
  /** Whether the log has the entry that a witness saw last. */
  headKnown: boolean
}

/** What a witness remembers of a database. */
export type Seen = {
  lineage: string
  /** RFC 3339, UTC. */
  since: string
  beatAt: string
  timeline: number
  lsn: string
  head: string | null
}

export type Judged = Pick<Facts, 'own' | 'lineage' | 'since' | 'beatAt' | 'timeline' | 'lsn' | 'headKnown'>

/** A standby that takes over may lack the last moments of the server that was lost. */
const standbyLagMs = 30_000

/** @returns why it is not the database that it was, as a sentence; null when it is. */
export function whyAnother(facts: Judged, seen: Seen | null): string | null {
  if (!facts.own) return 'The database was restored from a dump, copied or moved to another server.'
  if (!seen) return null
  if (facts.lineage !== seen.lineage) return 'Another database stands where the last one was.'
  const since = Date.parse(seen.since)
  if (facts.since.getTime() > since) return null
  if (facts.since.getTime() < since || wentBack(facts, seen))
    return 'The database was put back to an earlier state.'
  return null
}

function wentBack(facts: Judged, seen: Seen): boolean {
  const behind = BigInt(facts.lsn) < BigInt(seen.lsn)
  if (facts.timeline < seen.timeline) return true
  if (facts.timeline === seen.timeline) return behind || !facts.headKnown
  return behind && Date.parse(seen.beatAt) - facts.beatAt.getTime() > standbyLagMs
}
