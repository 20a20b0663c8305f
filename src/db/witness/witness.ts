/** What a process remembers of its database, also over its own end where it has a file for it. */
import { messageOf } from '../../errors.js'
import type { Log } from '../../log.js'
import type { Facts, Seen } from './judge.js'
import { readWitnessFile, type WitnessPlace, writeWitnessFile } from './witness-file.js'

const saveEveryMs = 1_000

export class Witness {
  #seen: Seen | null = null
  #copied = false
  #saved: Seen | null = null
  #keep: { place: WitnessPlace; log: Log } | null = null
  #saving: Promise<void> | undefined
  #savedAt = Number.NEGATIVE_INFINITY

  get seen(): Seen | null {
    return this.#seen
  }

  /** Whether the file was copied together with the database that it tells of. */
  get copied(): boolean {
    return this.#copied
  }

  /** Remembers how far the database has come. */
  note(facts: Facts): void {
    this.#seen = later(this.#seen, facts)
    this.#copied = false
    if (this.#keep && performance.now() - this.#savedAt > saveEveryMs) void this.save()
  }

  /** Remembers through the file from now on; what it says counts as seen. */
  async attach(place: WitnessPlace, log: Log): Promise<void> {
    const found = await readWitnessFile(place, log)
    this.#keep = place.writes || found ? { place, log } : null
    if (!found) return
    this.#seen = this.#saved = found.seen
    this.#copied = found.copied
  }

  /** Writes the file, unless it says so already. */
  async save(): Promise<void> {
    await this.#saving
    this.#saving = this.#write().finally(() => {
      this.#saving = undefined
    })
    await this.#saving
  }

  async #write(): Promise<void> {
    const [keep, now] = [this.#keep, this.#seen]
    if (!keep || !now || now === this.#saved) return
    this.#savedAt = performance.now()
    try {
      await writeWitnessFile(keep.place, now)
      this.#saved = now
    } catch (error) {
      keep.log.warn({ fault: messageOf(error) }, 'what was seen of the database cannot be kept in DATA_DIR')
      this.#keep = null
    }
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
