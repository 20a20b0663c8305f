/** What a record of SPF that was looked up says, without asking DNS again. */
import { isWithin, type Network } from '../../network/addresses.js'
import type { Qualifier } from './spf-record.js'
import type { SpfTree } from './spf-tree.js'

/** What the record says of an address; `?` where it says nothing, null where that hangs on the mail. */
export function verdictOn(tree: SpfTree, address: string): Qualifier | null {
  return verdict(tree, (networks) => isWithin(address, networks))
}

/** What it says of addresses that nobody named. A network of the whole world names nobody. */
export function verdictOnOthers(tree: SpfTree): Qualifier {
  const known = { ...tree, places: tree.places.filter(({ kind }) => kind !== 'unknown') }
  return verdict(known, (networks) => networks.some(([, bits]) => bits < 3)) ?? '?'
}

function verdict(tree: SpfTree, covers: (networks: Network[]) => boolean): Qualifier | null {
  for (const place of tree.places) {
    if (place.kind === 'unknown') return null
    const inner = place.kind === 'include' ? verdict(place.tree, covers) : '-'
    if (inner === null) return null
    const fits =
      place.kind === 'all' || inner === '+' || (place.kind === 'networks' && covers(place.networks))
    if (fits) return place.qualifier
  }
  return tree.redirect ? verdict(tree.redirect, covers) : '?'
}
