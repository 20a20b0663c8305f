/** What relays said to places that are settled together, said once as far as it is the same. */
import { storable } from '../../format/text/storable.js'
import { printable, type Settlement } from './settlement.js'

/** A row of `batch_settle`. */
export type Said = { at: Date; code: number; relay: string; places: number[]; reply: string; ends: string }

/** One record for each relay and code: mostly one, in which the queue ids are what differs. */
export function saidTo(accepted: Settlement[]): Said[] {
  const groups = new Map<string, Settlement[]>()
  for (const settlement of accepted) {
    const key = `${settlement.code} ${settlement.relay}`
    groups.set(key, [...(groups.get(key) ?? []), settlement])
  }
  return [...groups.values()].map(recordOf)
}

function recordOf(group: Settlement[]): Said {
  const replies = group.map(({ reply }) => oneLine(reply))
  const common = commonBeginning(replies)
  const [first] = group
  return {
    at: first?.at ?? new Date(0),
    code: first?.code ?? 0,
    relay: first?.relay ?? '',
    places: group.flatMap(({ delivery }) => (delivery.place ? [delivery.place.position] : [])),
    reply: replies[0]?.slice(0, common) ?? '',
    ends: replies.map((reply) => reply.slice(common)).join('\n'),
  }
}

/** Lines part the ends from each other. */
const oneLine = (reply: string | null) =>
  storable((printable(reply) ?? '').replaceAll(/[\r\n]+/g, ' ').slice(0, 200))

function commonBeginning([first = '', ...others]: string[]): number {
  let length = first.length
  for (const other of others) {
    let same = 0
    while (same < length && other[same] === first[same]) same += 1
    length = same
  }
  // Two pairs may have their first half in common.
  return /[\uD800-\uDBFF]/.test(first[length - 1] ?? '') ? length - 1 : length
}
