/** Prints how our reading of bounces agrees with the verdicts in a folder: `agreement.ts [FOLDER]`. */
import { agreementWith, corpusFolder } from '../support/bounce-corpus.js'

const folder = process.argv[2] ?? corpusFolder
if (!folder) throw new Error('Name the folder with sisimai-expected.json and flufl-expected.json')
const { single, alike, falseHard, missedHard, notices, noticesTaken, addresses, addressesMissed } =
  await agreementWith(folder)
const rows = [
  ['hardness as Sisimai, mails about one recipient', `${alike} of ${single}`],
  ['called hard against it', falseHard.length],
  ['hard, and missed', missedHard.length],
  ['notices, vacations and complaints taken for bounces', `${noticesTaken.length} of ${notices}`],
  ['addresses that flufl.bounce finds', `${addresses - addressesMissed.length} of ${addresses}`],
]
for (const [what, figure] of rows) console.log(`| ${what} | ${figure} |`)
console.log([...falseHard, ...missedHard, ...noticesTaken, ...addressesMissed].join('\n'))
