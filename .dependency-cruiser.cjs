/** The import rule of ARCHITECTURE.md, and no cycles. */
const rooms = {
  core: [],
  network: ['core'],
  engine: ['core', 'network', 'formats'],
  formats: ['core', 'network'],
  storage: ['core'],
  pipeline: ['core'],
  state: ['core', 'pipeline'],
  ui: ['core', 'state'],
  player: ['core', 'network', 'engine', 'formats'],
  offline: [],
};

/** A composition root within the engine: it joins the store of embeddings with what keeps them. */
const COMPOSES = '^src/engine/worker\\.ts$';

/** Rooms that see what engine, formats and storage promise. */
const SEES_CONTRACTS = ['pipeline', 'state'];

/** What a room may not import: any other room than itself and the ones it may. */
function rule([room, allowed]) {
  const contracts = SEES_CONTRACTS.includes(room)
    ? ['(engine|formats|storage)/contract\\.ts$']
    : [];
  return {
    name: `${room}-imports`,
    severity: 'error',
    from: { path: `^src/${room}/`, pathNot: `(\\.test\\.ts$|/testing/|${COMPOSES})` },
    to: {
      path: '^src/',
      pathNot: [
        ...[room, ...allowed].map((name) => `^src/${name}/`),
        ...contracts.map((path) => `^src/${path}`),
      ],
    },
  };
}

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(url|worker)' },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      from: { path: '^src/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '(\\.test\\.ts$|/testing/)' },
    },
    ...Object.entries(rooms).map(rule),
    {
      name: 'engine-worker-imports',
      severity: 'error',
      from: { path: COMPOSES },
      to: {
        path: '^src/',
        pathNot: '^src/(core|network|engine|formats)/|^src/storage/embedding-shelf\\.ts$',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.page.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte.ts', '.svelte', '.js'],
      exportsFields: ['exports'],
    },
  },
};
