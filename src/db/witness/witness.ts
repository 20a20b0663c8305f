/** What a process remembers of its database, also over its own end where it has a file for it. */
import { messageOf } from '../../errors.js'
import type { Log } from '../../log.js'
import type { Facts, Seen } from './judge.js'
import { readWitnessFile, type WitnessPlace, writeWitnessFile } from './witness-file.js'

export type Witness = {
  seen(): Seen | null
  /** Whether the file was copied together with the database that it tells of. */
  copied(): boolean
  /** Remembers how far the database has come. */
  note(facts: Facts): void
  /** Remembers through the file from now on; what it says counts as seen. */
  attach(place: WitnessPlace, log: Log): Promise<void>
  /** Writes the file, unless it says so already. */
  save(): Promise<void>
}

const saveEveryMs = 1_000

export function openWitness(): Witness {
  let seen: Seen | null = null
  let copied = false
  let saved: Seen | null = null
  let keep: { place: WitnessPlace; log: Log } | null = null
  let saving: Promise<void> | undefined
  let savedAt = Number.NEGATIVE_INFINITY

  const write = async () => {
    if (!keep || !seen || seen === saved) return
    savedAt = performance.now()
    const now = seen
    try {
      await writeWitnessFile(keep.place, now)
      saved = now
    } catch (error) {
      keep.log.warn({ fault: messageOf(error) }, 'what was seen of the database cannot be kept in DATA_DIR')
      keep = null
    }
  }
  const save = async () => {
    await saving
    saving = write().finally(() => {
      saving = undefined
    })
    await saving
  }
  return {
    seen: () => seen,
    copied: () => copied,
    note: (facts) => {
      seen = later(seen, facts)
      copied = false
      if (keep && performance.now() - savedAt > saveEveryMs) void save()
    },
    attach: async (place, log) => {
      const found = await readWitnessFile(place, log)
      keep = place.writes || found ? { place, log } : null
      if (!found) return
      seen = saved = found.seen
      copied = found.copied
    },
    save,
  }
}

/** Of two that were asked at the same time, the one that was answered last may know less. */
function later(seen: Seen | null, facts: Facts): Seen {
  const { lineage, timeline, lsn, head } = facts
  const same = seen?.since === facts.since.toISOString() && seen.timeline === timeline
  if (same && BigInt(seen.lsn) >= BigInt(lsn)) return seen
  return {
    lineage,
    timeline,
    lsn,
    head,
    since: facts.since.toISOString(),
    beatAt: facts.beatAt.toISOString(),
  }
}
