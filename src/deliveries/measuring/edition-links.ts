/** The links of one edition, of its common mail and of what personal ones are put together from. */
import type { Db } from '../../db/client.js'
import { readPoolMail } from '../../editions/personal/pool/store.js'
import { readCompiled } from '../../editions/store.js'
import { linksOf } from './links.js'

/** Empty for an edition that has no mail. Link 1 is the first. */
export async function editionLinks(db: Db, editionId: number): Promise<string[]> {
  const mails = [await readCompiled(db, editionId), await readPoolMail(db, editionId)]
  return linksOf(mails.filter((mail) => mail !== null))
}
