// Begins the ticking at an instant, for some seconds, and prints how often a job of every second was begun.
const [, , instant, seconds] = process.argv
const Real = globalThis.Date
const shift = Real.parse(instant) - Real.now()
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length > 0) super(...given)
    else super(Real.now() + shift)
  }
  static now() {
    return Real.now() + shift
  }
}
const { startTicking } = await import('../../dist/jobs/ticking.js')
let begun = 0
const log = { debug() {}, info() {}, warn() {}, error: console.error }
const job = { name: 'tick', cron: '* * * * * *', everySeconds: 1, run: async () => void (begun += 1) }
startTicking({ db: { run: async () => [] }, log }, [job])
setTimeout(() => {
  console.log(begun)
  process.exit()
}, Number(seconds) * 1000)
